"""Kill a piece of work while it is being done, in a child of its own."""

import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

Work = Callable[[], object]
Rounds = Iterator[tuple[Work, Callable[[], str]]]
"""Works to be killed, each with what looks at what is left and calls it "before" or "after"."""

BEYOND = 1.1
"""How far beyond the time that a work took it may be killed, so that its very end is met too."""
LONGEST_S = 120.0
"""What takes longer when nobody kills it hangs."""


@dataclass(kw_only=True)
class Killer:
    """Kills at a random moment of the time that such a work took in the rounds before."""

    rng: np.random.Generator
    took: dict[str, float] = field(default_factory=dict)

    def strikes(self, kind: str, work: Work) -> bool:
        """Do ``work`` in a child and kill it; False if it was done before that.

        The first of its kind is left to finish, so that it is known how long it takes.
        """
        told, tells = os.pipe()
        child = os.fork()
        if child == 0:
            _work(work, tells)
        os.close(tells)
        require(os.read(told, 1) == b"b", "the child never began")
        known, start = self.took.get(kind), time.perf_counter()
        delay = LONGEST_S if known is None else float(self.rng.uniform(0, BEYOND * known))
        select.select([told], [], [], delay)
        lasted = time.perf_counter() - start
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        finished = os.read(told, 1) == b"d"
        os.close(told)
        require(finished or os.WIFSIGNALED(status), f"{kind}: the work failed by itself")
        require(finished or known is not None, f"{kind}: it hangs")
        self._learn(kind, lasted, finished=finished)
        return not finished

    def _learn(self, kind: str, lasted: float, *, finished: bool) -> None:
        known = self.took.get(kind, lasted)
        self.took[kind] = (known + lasted) / 2 if finished else max(known, lasted)


def in_child(work: Work) -> None:
    """Do ``work`` in a child: the threads that it starts would be missing in one forked later."""
    child = os.fork()
    if child == 0:
        _work(work, os.open(os.devnull, os.O_WRONLY))
    _, status = os.waitpid(child, 0)
    require(status == 0, "the work failed by itself")


def _work(work: Work, tells: int) -> None:
    """Say when it begins and when it is done, and never return."""
    try:
        os.write(tells, b"b")
        work()
        os.write(tells, b"d")
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing may unwind into what the parent does
        traceback.print_exc()
    finally:
        os._exit(1)


def require(condition: bool, words: str) -> None:
    if not condition:
        raise AssertionError(words)
