"""verify names every altered file, and nothing else."""

import dataclasses

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import sign, verify
from liverplan.errors import CaseError
from liverplan.findings.key_images import KeyImage
from liverplan.resection import Plan
from tests.kept import made_png


@pytest.fixture
def folder(case, state, surgeon):
    moved = dataclasses.replace(state, plan=Plan(cuts=(state.plan.cuts[0].shifted(3.5),)))
    case = case.commit(moved, actor=surgeon, what="Moved the cut", why="margin")
    kept = dataclasses.replace(case.state, key_images=(KeyImage(png=made_png(), view="3D"),))
    case = case.commit(kept, actor=surgeon, what="Kept a picture", why="for the meeting")
    return sign(
        case, Ed25519PrivateKey.generate(), name="Dr Eva Ask", meaning="lesions accepted"
    ).folder


def files(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def test_a_case_as_written_has_no_fault(folder):
    assert verify(folder) == []


def test_each_of_a_thousand_changed_bytes_is_found_by_name(folder):
    rng = np.random.default_rng(11)
    paths = files(folder)
    assert {path.suffix for path in paths} == {".json", ".jsonl", ".gz", ".png"}
    for number in range(1000):
        path = paths[number % len(paths)]
        before = path.read_bytes()
        changed = bytearray(before)
        changed[rng.integers(len(before))] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        faults = verify(folder)
        assert any(path.name in fault for fault in faults), path
        path.write_bytes(before)
    assert verify(folder) == []


def test_each_missing_file_is_named(folder):
    for path in files(folder):
        before = path.read_bytes()
        path.unlink()
        assert any(path.name in fault for fault in verify(folder)), path
        path.write_bytes(before)


def test_added_and_truncated_bytes_are_found(folder):
    for path in files(folder):
        before = path.read_bytes()
        for content in (before + b"\n", before[:-1], b""):
            path.write_bytes(content)
            assert any(path.name in fault for fault in verify(folder)), path
        path.write_bytes(before)


def test_a_stranger_is_named(folder):
    (folder / "note.txt").write_text("x")
    assert verify(folder) == [f"{folder / 'note.txt'} does not belong to the case."]


def test_an_unfinished_file_is_no_fault(folder):
    (folder / "objects" / ".liverplan-5-x").write_bytes(b"half")
    assert verify(folder) == []


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(CaseError, match="is not a liverplan case"):
        verify(tmp_path)
