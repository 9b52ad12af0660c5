"""Every system call of a piece of work fails once, each in its turn; what is said is what is so.

Run with the library of ``faults.c`` preloaded:
``python -m tests.case.faults LIBRARY FOLDER [WORK ...]``; all works unless some are named.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import (
    REGISTER,
    Actor,
    CaseState,
    create_case,
    note,
    open_case,
    read_register,
    sign,
    verify,
)
from liverplan.case.signature import ROLES
from liverplan.cohort import records
from liverplan.cohort.manifest import Job
from liverplan.cohort.overview import overview
from liverplan.cohort.tables import write_csv, write_parquet
from liverplan.errors import CaseError, LiverplanError
from liverplan.workflow.committee import accept
from tests.benchmarks.tampering.forger import PEOPLE, RADIOLOGIST, decided, planned

CALLS = {
    "write": errno.ENOSPC,
    "short write": 0,
    "fsync": errno.EIO,
    "close": errno.EIO,
    "rename": errno.EIO,
    "flock": errno.ENOLCK,
    "read": errno.EIO,
    "open": errno.EACCES,
    "unlink": errno.EIO,
    "mkdir": errno.ENOSPC,
    "rmdir": errno.EIO,
    "opendir": errno.EIO,
    "ftruncate": errno.EIO,
    "stat": errno.EIO,
}
PERSON = Actor(name="Dr Ada Lind", kind="human", role="surgeon")
CHANGED = CaseState(others={"laboratory": {"albumin": 41}})


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is done in a fresh copy of a folder, and whether it is then done."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], object]
    is_done: Callable[[Path], bool] | None
    whole: Callable[[Path], object] = lambda _folder: None


def lines(folder):
    return len(open_case(folder).history)


def unaltered(folder):
    assert verify(folder) == [], verify(folder)


def made(folder):
    machine = Actor(name="liverplan", kind="machine")
    create_case(folder, state=planned(), actor=machine, what="made")


def on_case(do, *, prepare=made, before=1):
    return Work(
        prepare=prepare,
        do=do,
        is_done=lambda folder: lines(folder) == before + 1,
        whole=unaltered,
    )


def put_beside(folder):
    """A case and a register that notes where it ended before its last line."""
    made(folder / "case")
    note(folder / REGISTER, [open_case(folder / "case")])
    open_case(folder / "case").note(actor=PERSON, what="exported")


def whole_register(folder):
    assert len(read_register(folder / REGISTER).lines) in (1, 2)


def looked_at(folder):
    """Read and verify a case; faults are said as a refusal is."""
    opened = open_case(folder)
    assert opened.state.others == {}
    if faults := verify(folder):
        raise CaseError(faults[0])


JOB = Job(id="p0", path="ct")
ENDS = {".csv": b"\n", ".parquet": b"PAR1", ".html": b"</html>"}


def recorded(folder):
    records.keep(folder, JOB, row={"eligibility": "undecided"}, reason="")


def old_table(folder):
    folder.mkdir(parents=True)
    (folder / "records").mkdir()
    write_table(folder, "old")


def write_table(folder, value):
    rows = [{"id": value}]
    write_csv(folder / "table.csv", ("id",), rows)
    write_parquet(folder / "table.parquet", ("id",), rows)


def is_new(folder):
    return b"new" in (folder / "table.parquet").read_bytes()


def whole_tables(folder):
    for path in folder.rglob("*.*"):
        ending = ENDS.get(path.suffix)
        assert ending is None or path.read_bytes().rstrip(b"\n\r").endswith(ending.strip()), path
        assert str(os.getpid()) not in path.name, path


def a_case_inside(folder):
    made(folder / "case")


def not_there(folder):
    folder.mkdir()


def works():
    keys = {name: Ed25519PrivateKey.generate() for name in PEOPLE}
    new, lind = Ed25519PrivateKey.generate(), keys[RADIOLOGIST]
    vote = {"meaning": "vote", "vote": "for", "reason": "Margin", "name": "Falk"}
    accepted = {"meaning": "lesions accepted", "name": RADIOLOGIST}
    assert ROLES["vote"]
    return {
        "change": on_case(
            lambda folder: open_case(folder).commit(CHANGED, actor=PERSON, what="change")
        ),
        "signature": on_case(lambda folder: sign(open_case(folder), lind, **accepted)),
        "vote": on_case(
            lambda folder: sign(open_case(folder), new, **vote),
            prepare=lambda folder: decided(folder, keys),
            before=8,
        ),
        "acceptance": on_case(lambda folder: accept(folder, name=RADIOLOGIST)),
        "export's entry": on_case(
            lambda folder: open_case(folder).note(actor=PERSON, what="exported", key=lind)
        ),
        "looking": Work(prepare=made, do=looked_at, is_done=None, whole=unaltered),
        "creation": Work(
            prepare=not_there,
            do=lambda folder: made(folder / "case"),
            is_done=lambda folder: (folder / "case" / "audit.jsonl").exists(),
            whole=lambda folder: (
                unaltered(folder / "case") if (folder / "case" / "audit.jsonl").exists() else None
            ),
        ),
        "register": Work(
            prepare=put_beside,
            do=lambda folder: note(folder / REGISTER, [open_case(folder / "case")]),
            is_done=lambda folder: len(read_register(folder / REGISTER).lines) == 2,
            whole=whole_register,
        ),
        "record": Work(
            prepare=old_table,
            do=recorded,
            is_done=lambda folder: records.read_record(folder, JOB) is not None,
        ),
        "tables": Work(
            prepare=old_table,
            do=lambda folder: write_table(folder, "new"),
            is_done=is_new,
            whole=whole_tables,
        ),
        "overview": Work(
            prepare=a_case_inside,
            do=lambda folder: overview(folder, folder / "out"),
            is_done=None,
            whole=whole_tables,
        ),
    }


def main(library, folder, *wanted):
    known = works()
    for what in wanted or known:
        work = known[what]
        work.prepare(folder / what)
        counts = [every(library, work, folder / what, call) for call in CALLS]
        said = ", ".join(f"{n} {call}" for n, call in zip(counts, CALLS, strict=True) if n)
        print(f"{what}: {sum(counts)} calls failed ({said}), message and state agreed", flush=True)


def every(library, work, genuine, call):
    """Let the first call fail, then the second, until there are no more."""
    copy = genuine.with_name("copy")
    for number in range(1, 10_000):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(genuine, copy)
        said = tried(library, copy, call, number, work.do)
        if library.fault_seen() < number:
            return number - 1
        place = f"{call} {number}"
        if work.is_done is not None:
            done = work.is_done(copy)
            assert done == (said == "done"), f"{place}: {done=}, and it said {said}"
        work.whole(copy)
        assert "\n" not in said
        assert call != "flock" or said == "done" or "gives no lock" in said
    raise AssertionError("the work never ended")


def tried(library, copy, call, number, do):
    library.fault_seen()
    arm = {"FAULT_UNDER": str(copy), "FAULT_AT": str(number), "FAULT_ERROR": str(CALLS[call])}
    os.environ.update(arm, FAULT_CALL=call)
    try:
        do(copy)
    except LiverplanError as refusal:
        return str(refusal)
    finally:
        del os.environ["FAULT_CALL"]
    return "done"


if __name__ == "__main__":
    main(ctypes.CDLL(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
