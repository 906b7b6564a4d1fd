"""The command's entry point."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] == ["--version"]:
        from remit import __version__

        print(f"remit {__version__}")
        return 0
    import gc

    # A scan makes many small objects that live until it ends; the default threshold would walk them again and again.
    gc.set_threshold(50_000, 20, 20)
    from remit.cli.main import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
