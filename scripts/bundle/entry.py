"""What the bundle's programs start: the command line, the window, or a child that liverplan asks.

``sys.executable`` is this program, and liverplan asks children of it as of any Python: ``-I -c
QUESTION`` or ``-I FILE``, and ``--multiprocessing-fork`` for a cohort's workers. What a child is
asked is never read from the current folder.
"""

from __future__ import annotations

import io
import multiprocessing
import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import lent

WINDOW = "liverplan-app"
"""The program that a start menu opens: the window, without a console beside it."""

OPENERS = {"win32": "notepad", "darwin": "open"}


def main() -> None:
    """Be the child that is asked for, else the program."""
    lent.lend()
    multiprocessing.freeze_support()
    match sys.argv[1:]:
        case ["-I", "-c", question, *_]:
            sys.argv[:] = ["-c", *sys.argv[4:]]
            exec(compile(question, "<asked>", "exec"), {"__name__": "__main__"})  # noqa: S102
        case ["-I", file, *_] if file.endswith(".py"):
            del sys.argv[:2]
            runpy.run_path(file, run_name="__main__")
        case _:
            program()


def program() -> None:
    """Run the command line; the window's program is ``liverplan app``."""
    of_a_window = Path(sys.executable).stem.lower() == WINDOW
    if of_a_window:
        from liverplan.app.shell import screen  # noqa: PLC0415 - a child needs none of it

        screen.begin()
    from liverplan.cli import main as command_line  # noqa: PLC0415 - a child needs none of it

    if not of_a_window:
        command_line()
        return
    with told_to_nobody():
        command_line(["app", *sys.argv[1:]])


@contextmanager
def told_to_nobody() -> Iterator[None]:
    """Open what is said at a refused start as a text file: a start menu shows no terminal."""
    kept, said = sys.stderr, io.StringIO()
    sys.stdout, sys.stderr = sys.stdout or said, said
    try:
        yield
    except SystemExit as end:
        if end.code:
            show(said.getvalue())
        raise
    finally:
        sys.stderr = kept
        if kept is not None:
            kept.write(said.getvalue())


def show(sentence: str) -> None:
    """Let the system open a sentence in its own program for text, if it has one."""
    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False) as file:
        file.write(sentence)
    with suppress(OSError):
        subprocess.run([OPENERS.get(sys.platform, "xdg-open"), file.name], check=False)  # noqa: S603


if __name__ == "__main__":
    main()
