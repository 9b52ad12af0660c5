"""Kill a piece of work at a random moment, in a child of its own."""

import os
import signal
import time

import numpy as np


def killed(work, rng: np.random.Generator, took: float) -> str:
    """Run ``work`` in a child and kill it at a random moment of the time that it takes."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    time.sleep(float(rng.uniform(0, 1.3 * took)))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return " (killed)" if os.WIFSIGNALED(status) else " (had finished)"


def timed(work) -> float:
    """Seconds that ``work`` takes in a child, as `killed` runs it."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    os.waitpid(child, 0)
    return time.perf_counter() - start


def require(condition: bool, words: str) -> None:
    if not condition:
        raise AssertionError(words)
