"""A pytest session that tries many faults: its tests are collected once, each fault is a child."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.util
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest

from tests.mutation.operators import Mutant
from tests.mutation.processes import forked, start_in
from tests.mutation.swapping import is_compiled, swap

ARGUMENTS = ["-q", "-p", "no:cacheprovider", "--no-header", "-W", "ignore"]
COMPILING_S = 600
"""What a mutant may take that is loaded, and compiled, anew."""

Say = Callable[[str], None]


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with another text, under no file's name, so that no cache is used."""

    def __init__(self, name: str, source: bytes) -> None:
        self.name, self.source = name, source

    def find_spec(self, name, _path=None, _target=None):
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module) -> None:
        exec(compile(self.source, f"<mutant of {self.name}>", "exec"), module.__dict__)  # noqa: S102


def survives(root: Path, name: str, source: bytes, tests: Sequence[str], limit_s: float) -> bool:
    """Whether every test still passes where the module is loaded with another text."""

    def work(_: Say) -> int:
        start_in(root)
        sys.meta_path.insert(0, _Changed(name, source))
        return pytest.main([*ARGUMENTS, "-x", *tests])

    return forked(work, limit_s)[0] == 0


def name_of(root: Path, module: Path) -> str:
    """Return a module's name, as imported."""
    return ".".join(module.relative_to(root).with_suffix("").parts)


class Session:
    """A plugin that, in place of running the tests, tries mutants by them.

    It says a line of JSON for each: ``[number, "killed" | "survived" | "unreached", []]``, or
    ``[number, "to load", tests]`` where the module must be loaded anew with its fault.
    """

    def __init__(self, root: Path, mutants: Sequence[tuple[Path, Mutant]], say: Say) -> None:
        self.root, self.mutants, self.say = root, mutants, say
        self.files = {str(module) for module, _ in mutants}
        self.reached: dict[str, set[str]] = {}
        self.took_s: dict[str, float] = {}
        self.now = ""
        self.learning = True
        self.trace()

    def trace(self) -> None:
        """Note from here on which lines run, and for which test, until that is known."""
        if not self.learning:
            return
        sys.settrace(self._enter)
        threading.settrace(self._enter)

    def _enter(self, frame: FrameType, _event: str, _more: object):
        return self._step if frame.f_code.co_filename in self.files else None

    def _step(self, frame: FrameType, event: str, _more: object):
        if event == "line":
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
            self.reached.setdefault(place, set()).add(self.now)
        return self._step

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Fixtures are made: what they run counts for the whole file, which may share them."""
        self.now = item.nodeid.partition("::")[0]
        self.trace()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """The test itself runs; one before it may have ended the tracing, as Hypothesis does."""
        self.now = item.nodeid
        self.trace()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn which tests reach what, then try the mutants."""
        started = time.perf_counter()
        status, text = forked(lambda say: self._learn(session.items, say), 600)
        self.learning = False
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        if status != 0:
            self.say(json.dumps([-1, "the tests fail without any fault", []]) + "\n")
            return True
        reached, self.took_s = json.loads(text)
        self.reached = {place: set(names) for place, names in reached.items()}
        gc.freeze()
        gc.disable()
        limit_s = 20 + 3 * (time.perf_counter() - started)
        for number, (module, mutant) in enumerate(self.mutants):
            ended, tests = self._try(session.items, module, mutant, limit_s)
            self.say(json.dumps([number, ended, tests]) + "\n")
        return True

    def _learn(self, items: Sequence[pytest.Item], say: Say) -> int:
        failed = _run(items, self.took_s)
        reached = {place: sorted(names) for place, names in self.reached.items()}
        say(json.dumps([reached, self.took_s]))
        return failed

    def _try(
        self, items: Sequence[pytest.Item], module: Path, mutant: Mutant, limit_s: float
    ) -> tuple[str, list[str]]:
        names = self._names(module, mutant.line, mutant.last_line)
        names = names or self._names(module, *mutant.statement)
        if is_compiled(
            module.read_bytes(), mutant.line
        ):  # machine code is not traced: any test may run it
            names = {""}
        chosen = [i for i in items if {i.nodeid, i.nodeid.partition("::")[0], ""} & names]
        chosen.sort(key=lambda item: self.took_s[item.nodeid])  # what is quick may suffice
        source = mutant.put_into(module.read_bytes())
        name = name_of(self.root, module)
        if "" in names:
            return "to load", [item.nodeid for item in chosen]
        if not chosen:
            return "unreached", []

        def work(say: Say) -> int:
            if not swap(module, name, source, mutant.line):
                say("to load")
                return 0
            return _run(chosen)

        status, text = forked(work, limit_s)
        if text:
            return text, [item.nodeid for item in chosen]
        return "killed" if status else "survived", []

    def _names(self, module: Path, first: int, last: int) -> set[str]:
        lines = (f"{module}:{n}" for n in range(first, last + 1))
        return {name for line in lines for name in self.reached.get(line, ())}


def _run(items: Sequence[pytest.Item], took_s: dict[str, float] | None = None) -> int:
    """Run tests in their order up to the first that fails; 1 if one did."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.session.testsfailed = 0
        started = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if took_s is not None:
            took_s[item.nodeid] = time.process_time() - started
        if item.session.testsfailed:
            return 1
    return 0


def outcomes(
    root: Path, tests: Sequence[str], mutants: Sequence[tuple[Path, Mutant]]
) -> Iterator[tuple[int, str]]:
    """Yield for each mutant by its number whether it was killed, survived or was not reached."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        with suppress(BaseException):
            os.close(reading)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            start_in(root)
            session = Session(root, mutants, lambda text: os.write(writing, text.encode()))
            pytest.main([*ARGUMENTS, *tests], plugins=[session])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        for number, ended, chosen in map(json.loads, said):
            if number < 0:
                raise SystemExit(ended)
            if ended == "to load":
                module, mutant = mutants[number]
                source = mutant.put_into(module.read_bytes())
                passed = survives(root, name_of(root, module), source, chosen, COMPILING_S)
                yield number, "survived" if passed else "killed"
            else:
                yield number, ended
    os.waitpid(child, 0)
