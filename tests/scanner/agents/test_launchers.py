from __future__ import annotations

import pytest

from remit.agents.launchers import package_of, pinned
from remit.evidence import Unknown

DIGEST = "@sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("command", "package", "exact"),
    [
        ("npx -y @x/y", "@x/y", False),
        ("npx -y @x/y@1.2.3", "@x/y@1.2.3", True),
        ("npx -y @x/y@latest", "@x/y@latest", False),
        ("npx y@^1.2.3", "y@^1.2.3", False),
        ("npx -p @x/y@1.0.0 run-it", "@x/y@1.0.0", True),
        ("npx --package=@x/y run-it", "@x/y", False),
        ("npx ./local-server", None, True),
        ("/usr/local/bin/npx -y z", "z", False),
        ("npx.cmd -y z", "z", False),
        ("cmd /c npx -y z@1.0.0", "z@1.0.0", True),
        ("env A=1 npx -y z", "z", False),
        ("bunx z", "z", False),
        ("npm exec z", "z", False),
        ("npm run start", None, True),
        ("pnpm dlx z@2.0.0", "z@2.0.0", True),
        ("pnpm run start", None, True),
        ("yarn dlx z", "z", False),
        ("uvx mcp-server-git", "mcp-server-git", False),
        ("uvx mcp-server-git==1.2.3", "mcp-server-git==1.2.3", True),
        ("uvx mcp-server-git@1.2.3", "mcp-server-git@1.2.3", True),
        ("uvx --from git+https://host.example/x@main serve", "git+https://host.example/x@main", False),
        (
            "uvx --from git+https://host.example/x@" + "0a" * 20 + " serve",
            "git+https://host.example/x@" + "0a" * 20,
            True,
        ),
        ("uvx --python 3.12 serve", "serve", False),
        ("uv tool run --from z@latest z", "z@latest", False),
        ("uv run server.py", None, True),
        ("pipx run z", "z", False),
        ("docker run -i --rm -e TOKEN mcp/x", "mcp/x", False),
        ("docker run -p 1:1 mcp/x:1.2.3", "mcp/x:1.2.3", False),
        ("docker run --rm mcp/x" + DIGEST, "mcp/x" + DIGEST, True),
        ("deno run -A npm:z@1.2.3", "npm:z@1.2.3", True),
        ("deno run server.ts", None, True),
        ("go run host.example/x@v1.2.3", "host.example/x@v1.2.3", True),
        ("go run host.example/x@latest", "host.example/x@latest", False),
        ("go run ./cmd/server", None, True),
        ("node dist/server.js", None, True),
        ("python -m server", None, True),
        ("./bin/server", None, True),
        ("npx", None, True),
    ],
)
def test_a_launcher_gives_away_its_package_and_whether_it_is_nailed_down(
    command: str, package: str | None, exact: bool
) -> None:
    words = command.split(" ")
    assert package_of(words) == package
    assert pinned(words, None) is exact


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (("bash", "-c", "npx -y z"), "z"),
        (("sh", "-c", "npx -y z@1.2.3"), "z@1.2.3"),
    ],
)
def test_a_plain_shell_line_is_looked_into(command: tuple[str, ...], package: str) -> None:
    assert package_of(command) == package


@pytest.mark.parametrize(
    "command",
    [
        ("bash", "-lc", "cd x && exec ./serve"),
        ("./scripts/start-mcp.sh",),
        ("bash", "start.sh"),
        ("docker", "mcp", "gateway", "run"),
        ("npx", "-y", "${PACKAGE}"),
        (),
    ],
)
def test_what_hides_the_program_leaves_the_pin_unknown(command: tuple[str, ...]) -> None:
    assert isinstance(pinned(command, None), Unknown)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://mcp.example.com/mcp", True),
        ("http://mcp.example.com/mcp", False),
        ("http://localhost:3000/mcp", True),
        ("http://127.0.0.1/mcp", True),
        ("http://localhost.evil.example/mcp", False),
    ],
)
def test_a_remote_server_needs_an_encrypted_connection(url: str, safe: bool) -> None:
    assert pinned((), url) is safe


def test_an_address_in_a_variable_is_unknown() -> None:
    assert isinstance(pinned((), "${MCP_URL}"), Unknown)
