"""What is killed on a case: who makes, saves, signs, votes, accepts or notes."""

import os
import resource
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import (
    REGISTER,
    Actor,
    Case,
    CaseState,
    create_case,
    is_case,
    new_key,
    note,
    open_case,
    read_register,
    sign,
    verify,
)
from liverplan.errors import CaseError
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume
from liverplan.workflow.committee import accept
from tests.benchmarks.crash_tools import Rounds, Work, require
from tests.benchmarks.tampering.forger import planned

SHAPE = (40, 96, 96)
ACTOR = Actor(name="crash test", kind="machine")
PERSON = Actor(name="Lind", kind="human", role="radiologist")
SIGNERS = {"Lind": "lesions accepted", "Dahl": "plan signed"}
LONGEST = 12
"""Lines of a trail after which a new case is begun."""


def creating(folder: Path, rng: np.random.Generator) -> Rounds:
    """A new case; what a killed one left is taken over."""
    for number in count():
        place = folder / str(number)
        work = partial(create_case, place, state=state(rng), actor=ACTOR, what="made")
        yield work, partial(made_or_not, place, work)
        shutil.rmtree(place)


def made_or_not(folder: Path, work: Work) -> str:
    end = "after" if is_case(folder) else "before"
    if end == "before":
        work()
    require(verify(folder) == [], f"verify says {verify(folder)}")
    require(len(open_case(folder).history) == 1, "a new case has not one line")
    return end


def saving(folder: Path, rng: np.random.Generator) -> Rounds:
    """Change after change of one case."""
    for case, new in changes(folder, rng):
        work = partial(case.commit, new, actor=ACTOR, what=str(len(case.history)))
        yield work, partial(saved_or_not, case, new)


def changes(folder: Path, rng: np.random.Generator) -> Iterator[tuple[Case, CaseState]]:
    create_case(folder, state=state(rng), actor=ACTOR, what="0")
    while True:
        case = open_case(folder)
        yield case, state(rng, case.state)


def saved_or_not(case: Case, new: CaseState) -> str:
    end = stands(case)
    now = open_case(case.folder)
    expected = new if end == "after" else case.state
    require(same(now.state, expected), f"state {now.history[-1].what} is not what was saved")
    now.at(1 + zlib.crc32(now.history[-1].what.encode()) % len(now.history))
    return end


def signing(folder: Path, rng: np.random.Generator) -> Rounds:
    """The radiologist and the surgeon, on one new case after the other."""
    keys = {name: Ed25519PrivateKey.generate() for name in SIGNERS}
    for number in count():
        case = create_case(folder / str(number), state=state(rng), actor=ACTOR, what="made")
        for name, meaning in SIGNERS.items():
            while meaning not in meanings(case):
                work = partial(sign, case, keys[name], name=name, meaning=meaning)
                yield work, partial(signed_or_not, case)
                case = open_case(case.folder)


def voting(folder: Path, rng: np.random.Generator) -> Rounds:
    """Somebody who votes for and against by turns, each vote in place of the last."""
    keys = {name: Ed25519PrivateKey.generate() for name in (*SIGNERS, "Ek")}
    for number in count():
        case = create_case(folder / str(number), state=state(rng), actor=ACTOR, what="made")
        for name, meaning in SIGNERS.items():
            case = sign(case, keys[name], name=name, meaning=meaning)
        while len(case.history) < LONGEST:
            ballot = ("for", "against")[len(case.history) % 2]
            vote = partial(sign, case, keys["Ek"], name="Ek", meaning="vote", vote=ballot)
            yield partial(vote, reason="Margin"), partial(signed_or_not, case)
            case = open_case(case.folder)


def signed_or_not(case: Case) -> str:
    """A line and its signature came together or not at all, and no earlier signature is gone."""
    end = stands(case)
    then, now = case.state_json["signatures"], open_case(case.folder).state_json["signatures"]
    require(now[: len(then)] == then, "a signature is gone")
    require(len(now) - len(then) == (end == "after"), "a line without its signature")
    return end


def accepting(folder: Path, _rng: np.random.Generator) -> Rounds:
    """Every mask accepted under a key, on a fresh copy each time."""
    create_case(folder / "case", state=planned(), actor=ACTOR, what="made")
    new_key(folder / "key")
    for number in count():
        place = folder / str(number)
        shutil.copytree(folder / "case", place)
        yield (
            partial(accept, place, name=PERSON.name, key=folder / "key"),
            partial(stands, open_case(place)),
        )
        shutil.rmtree(place)


def noting(folder: Path, rng: np.random.Generator) -> Rounds:
    """A signed line that says that an export left the case."""
    key = Ed25519PrivateKey.generate()
    for number in count():
        case = create_case(folder / str(number), state=state(rng), actor=ACTOR, what="made")
        while len(case.history) < LONGEST:
            work = partial(case.note, actor=PERSON, what="Exported", key=key)
            yield work, partial(stands, case)
            case = open_case(case.folder)


def registering(folder: Path, rng: np.random.Generator) -> Rounds:
    """The register beside a case, which gains a line of its own before each."""
    case = create_case(folder / "case", state=state(rng), actor=ACTOR, what="made")
    register = note(folder / REGISTER, [case])
    while True:
        case = case.note(actor=PERSON, what="Exported")
        yield partial(note, register.path, [case]), partial(noted_or_not, register, case)
        register = read_register(register.path)


def noted_or_not(before, case: Case) -> str:
    """The lines before are there; what is lacking of the new one is written by who notes next."""
    content = before.path.read_bytes()
    require(content.count(b"\n") - len(before.lines) in (0, 1), "lines of the register are gone")
    end = "after" if content.count(b"\n") > len(before.lines) else "before"
    lines = note(before.path, [case]).lines
    require(lines[:-1] == before.lines and lines[-1].head == case.head, "the register is another")
    require(read_register(before.path).lines == lines, "the register is not what was noted")
    return end


def stands(case: Case) -> str:
    """The case is as it was opened, or has one line more; verifying finds no fault."""
    now, then = open_case(case.folder), case.history
    require(now.history[: len(then)] == then, "the history is another")
    require(len(now.history) - len(then) in (0, 1), "it has more than one new line")
    require(verify(case.folder) == [], f"verify says {verify(case.folder)}")
    return "after" if len(now.history) > len(then) else "before"


def fill_disks(folder: Path, rng: np.random.Generator, n: int) -> None:
    """Save n times on a disk that is full at a random byte."""
    for _, (case, new) in zip(range(n), changes(folder, rng), strict=False):
        fill_disk(partial(case.commit, new, actor=ACTOR, what="full"), int(rng.integers(60_000)))
        saved_or_not(case, new)


def fill_disk(work: Work, size: int) -> None:
    """Do ``work`` in a child for which no file can grow beyond ``size`` bytes."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            with suppress(CaseError):
                work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    require(os.WEXITSTATUS(status) == 0, "a full disk was not refused in words")


def meanings(case: Case) -> set[str]:
    return {signature["meaning"] for signature in case.state_json["signatures"]}


def state(rng: np.random.Generator, before: CaseState | None = None) -> CaseState:
    """A state with new masks, a new cut and new facts; the CT of the state before."""
    volume = before.volume if before else None
    if volume is None:
        grid = Grid(shape=SHAPE, affine=np.diag((2.0, 0.8, 0.8, 1.0))[[2, 1, 0, 3]])
        volume = Volume(grid=grid, hu=rng.integers(-1000, 1000, SHAPE).astype(np.int16))
    labels = (rng.random(SHAPE) < 0.1).astype(np.uint8)
    return CaseState(
        volume=volume,
        segmentation=Segmentation(grid=volume.grid, labels=labels),
        plan=Plan(cuts=(Plane(point_mm=rng.normal(size=3), normal=rng.normal(size=3)),)),
        others={"laboratory": {"albumin": float(rng.normal(40, 3))}},
    )


def same(a: CaseState, b: CaseState) -> bool:
    return (
        np.array_equal(a.segmentation.labels, b.segmentation.labels)
        and np.array_equal(a.volume.hu, b.volume.hu)
        and a.plan.cuts[0].normal.tobytes() == b.plan.cuts[0].normal.tobytes()
        and a.documents == b.documents
    )
