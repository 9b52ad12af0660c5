"""Failing disks and crafted cases: what is said is what is so, in one sentence, without a wait."""

import json
import os
import shutil
import sys

import pytest

from liverplan.case import open_case, verify
from liverplan.case.audit import new_entry
from liverplan.case.documents import sha256, to_line, to_page
from liverplan.case.files import write_whole
from liverplan.errors import CaseError
from tests.benchmarks.faults import compiled, run


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (gcc)")
@pytest.mark.skipif(sys.platform != "linux", reason="libraries are preloaded on Linux")
def test_whichever_system_call_of_a_signature_fails_message_and_state_agree(tmp_path):
    ran = run(compiled(tmp_path), tmp_path / "cases", "signature")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for call in ("write", "fsync", "close", "rename", "flock", "read", "open", "unlink", "stat"):
        assert f" {call}" in ran.stdout, f"no {call} was met: {ran.stdout}"


def with_state(case, change):
    """Give the case one more state that ``change`` made, its trail mended."""
    document = json.loads(json.dumps(case.state_json))
    document = change(document) or document
    content = document if isinstance(document, bytes) else to_page(document)
    name = sha256(content)
    write_whole(case.folder / "states" / f"{name}.json", content)
    actor = case.history[0].actor
    entry = new_entry(case.history, actor=actor, what="x", why="", changes=(), state=name)
    lines = (case.folder / "audit.jsonl").read_bytes() + to_line(entry.to_json())
    write_whole(case.folder / "audit.jsonl", lines)
    return case.folder


DIGITS = "9" * 4000
BENT = {
    "a file of the system": lambda d: d["documents"].update(patient="/etc/passwd"),
    "a way out": lambda d: d["ct"].update(file="../../secret.json"),
    "no documents": lambda d: d.pop("documents") and None,
    "documents in a list": lambda d: d.update(documents=[1]),
    "signatures of text": lambda d: d.update(signatures=["x"]),
    "no plan": lambda d: d.update(plan=None),
    "a map of nothing": lambda d: d.update(maps={"couinaud": None}),
    "a number of 4,000 digits": lambda d: d["ct"]["grid"].update(shape=[int(DIGITS), 1, 1]),
    "a place beyond all numbers": lambda d: d["ct"]["grid"]["affine"][0].__setitem__(
        0, int(DIGITS)
    ),
    "no grid": lambda d: d["ct"].pop("grid") and None,
    "5,000 digits": lambda d: to_page(d).replace(b'"ct"', b'"x": ' + b"9" * 5000 + b', "ct"'),
    "5,000 brackets": lambda _: b"[" * 5000,
    "not a number": lambda d: to_page(d).replace(b'"ct"', b'"x": NaN, "ct"'),
    "no state": lambda _: b"7\n",
}


@pytest.mark.parametrize("change", BENT.values(), ids=BENT.keys())
def test_a_crafted_state_is_one_sentence(case, change):
    folder = with_state(case, change)
    with pytest.raises(CaseError) as refusal:
        open_case(folder).state  # noqa: B018 - reads
    assert "\n" not in str(refusal.value)
    faults = verify(folder)
    assert faults
    assert all("\n" not in fault and len(fault) < 1000 for fault in faults)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("place", ["case.json", "audit.jsonl", "state", "object"])
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_pipe_or_a_link_is_never_followed_nor_waited_for(case, tmp_path, place, kind):
    inside = {"state": "states/*", "object": "objects/*.json"}.get(place, place)
    path = next(case.folder.glob(inside))
    kept = tmp_path / "kept"
    path.rename(kept)
    path.symlink_to(kept) if kind == "link" else os.mkfifo(path)
    assert any(path.name in fault for fault in verify(case.folder))
    with pytest.raises(CaseError, match=path.name):
        open_case(case.folder).state  # noqa: B018 - reads
