"""Every system call of a save fails once, each in its turn; what is said is what is so.

Run with the library of ``faults.c`` preloaded: ``python -m tests.case.faults LIBRARY FOLDER``.
"""

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

import numpy as np

from liverplan.case import Actor, CaseState, create_case, new_key, open_case, sign, verify
from liverplan.errors import CaseError
from liverplan.volume import Grid, Volume

CALLS = {
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "rename": errno.EIO,
    "flock": errno.ENOLCK,
    "read": errno.EIO,
    "open": errno.EACCES,
    "unlink": errno.EIO,
}
PERSON = Actor(name="Dr Ada Lind", kind="human", role="surgeon")


def main(library, folder):
    case = made(folder / "case")
    key = new_key(folder / "key.pem")
    works = {
        "change": lambda case: case.commit(
            CaseState(others={"laboratory": {"albumin": 41}}), actor=PERSON, what="change"
        ),
        "signature": lambda case: sign(case, key, name=PERSON.name, meaning="lesions accepted"),
    }
    for what, work in works.items():
        for call, error in CALLS.items():
            count = every(library, case, folder / "copy", call, error, work)
            print(f"{what}: {count} {call} failed, message and state agreed")


def made(folder):
    grid = Grid(shape=(4, 8, 8), affine=np.eye(4))
    state = CaseState(volume=Volume(grid=grid, hu=np.zeros(grid.shape, np.int16)))
    create_case(folder, state=state, actor=PERSON, what="made")
    return folder


def every(library, case, copy, call, error, work):
    """Let the first call fail, then the second, until there are no more."""
    for number in range(1, 10_000):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(case, copy)
        opened = open_case(copy)
        said = tried(library, copy, call, error, number, lambda case=opened: work(case))
        if library.fault_seen() < number:
            return number - 1
        lines = len(open_case(copy).history) - 1
        assert lines == (said == "saved"), f"{call} {number}: {lines} lines, and it said {said}"
        assert verify(copy) == [], f"{call} {number}: {verify(copy)}"
        assert "\n" not in said
        assert call != "flock" or "gives no lock" in said
    raise AssertionError("the save never ended")


def tried(library, copy, call, error, number, work):
    library.fault_seen()
    arm = {"FAULT_UNDER": str(copy), "FAULT_AT": str(number), "FAULT_ERROR": str(error)}
    os.environ.update(arm, FAULT_CALL=call)
    try:
        work()
    except CaseError as refusal:
        return str(refusal)
    finally:
        del os.environ["FAULT_CALL"]
    return "saved"


if __name__ == "__main__":
    main(ctypes.CDLL(sys.argv[1]), Path(sys.argv[2]))
