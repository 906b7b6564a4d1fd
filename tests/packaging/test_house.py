"""The house rules that code can check: arrows point one way, and every door is the registry."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "remit": ROOT / "scanner/remit",
    "remit_checks": ROOT / "checks/remit_checks",
    "remit_reports": ROOT / "reports/remit_reports",
    "remit_templates": ROOT / "templates/remit_templates",
}
CHECKS_MAY_IMPORT = tuple(
    f"remit.{name}" for name in ("check", "evidence", "verdict", "policy", "access", "remedy", "verbs")
)
REPORTS_MAY_IMPORT = (
    "remit.document",
    "remit.reach_document",
    "remit.reach_result",
    "remit.result",
    "remit.reporting",
    "remit.score",
    "remit_templates",
    "remit_reports",
)


def imports(package):
    for path in sorted(PACKAGES[package].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}:{node.lineno}: relative import"
                names = [node.module or ""]
            for name in names:
                if name.split(".")[0] in PACKAGES:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name


def _within(name, allowed):
    return any(name == each or name.startswith(each + ".") for each in allowed)


def test_the_engine_knows_no_check_report_or_template():
    assert [(where, name) for where, name in imports("remit") if not _within(name, ("remit",))] == []


def test_checks_see_facts_policy_and_graph_only():
    allowed = (*CHECKS_MAY_IMPORT, "remit_checks")
    assert [(where, name) for where, name in imports("remit_checks") if not _within(name, allowed)] == []


def test_reports_see_the_result_only():
    assert [(where, name) for where, name in imports("remit_reports") if not _within(name, REPORTS_MAY_IMPORT)] == []


def test_templates_import_nothing_of_ours():
    assert list(imports("remit_templates")) == []


def test_only_collectors_and_the_command_line_open_files():
    """Checks are pure, and so is everything between collecting and reporting."""
    pure = [*PACKAGES["remit_checks"].rglob("*.py"), *(PACKAGES["remit"] / "access").rglob("*.py"),
            *(PACKAGES["remit"] / name for name in ("engine.py", "score.py", "verdict.py", "evidence.py", "remedy.py"))]  # fmt: skip
    for path in pure:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"open", "print", "input", "eval", "exec"}, f"{path}:{node.lineno}"
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names}
                assert not names & {"os", "subprocess", "socket", "pathlib", "logging", "time", "random"}, (
                    f"{path}:{node.lineno}"
                )


@pytest.mark.parametrize(
    "module", ["pydantic", "jinja2", "requests", "msgspec", "tree_sitter", "postgast", "yaml", "sqlite3"]
)
def test_help_imports_nothing_heavy(module):
    import subprocess
    import sys

    code = f"import sys; import remit.cli.main; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
