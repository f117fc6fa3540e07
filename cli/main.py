"""Entry point of the `banjie` command. Whatever happens, whoever typed it gets one line and an exit code."""

import os
import sys
from importlib import import_module

INTERRUPTED = 130
TRACEBACK = "BANJIE_TRACEBACK"


def main() -> None:
    """Exit codes: 0 done, 1 it did not work, 2 it cannot be asked so, 130 Ctrl-C. Errors are one line on stderr."""
    try:
        # Imported here, so that Ctrl-C during the imports is no traceback either.
        code = import_module("cli.commands").banjie(sys.argv[1:])(prog_name="banjie", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = _unheard()
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        code = _said(error)
    # typer answers a number when a command ended early, for example with Ctrl-C.
    raise SystemExit(code if isinstance(code, int) else 0)


def _said(error: Exception) -> int:
    line, code = import_module("cli.errors").line_and_code(error)
    sys.stderr.write(f"banjie: {' '.join(line.split())}\n")
    return int(code)


def _unheard() -> int:
    """Whoever read our output (`| head`) has gone; what is still to be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


if __name__ == "__main__":
    main()
