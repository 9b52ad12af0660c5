"""The drills side by side in one copy: what each checker must say, and what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tests.house.drills.drills import DRILLS, NOTHING, Asked
from tests.house.drills.scratch import Scratch

Answer = tuple[str, object, object]
"""What was asked, what was answered, and what must be."""


def answers(scratch: Scratch) -> Iterator[Answer]:
    """Let each drill make its next change, then ask each checker once for all, and so on."""
    steps = [drill(scratch) for drill in DRILLS]
    for asked in zip_longest(*steps, fillvalue=NOTHING):
        yield from _mypy(scratch, asked)
        yield from _tests(scratch, [one for one in asked if one.tests])


def _mypy(scratch: Scratch, asked: Sequence[Asked]) -> Iterator[Answer]:
    named = [one.mypy for one in asked if one.mypy is not None]
    if named:
        yield "mypy names", scratch.mypy(), set().union(*named)


def _tests(scratch: Scratch, asked: Sequence[Asked]) -> Iterator[Answer]:
    files = sorted({one.tests for one in asked})
    said = scratch.failing(*files, "-k", " or ".join(f"({one.chosen})" for one in asked))
    for one in asked:
        if one.word:
            what = "".join(text for name, text in said.items() if one.fails in name)
            yield f"{one.fails} names {one.word}", one.word in what, True
    if not any(one.word for one in asked):
        yield "then all is as it must be, but for", said, {}
