"""The case folder: round trip, history, refusals, failures that leave it as it was."""

import dataclasses
import json
import resource
from pathlib import Path

import numpy as np
import pytest

from liverplan.case import CaseState, create_case, is_case, open_case, verify
from liverplan.case.files import lock
from liverplan.errors import CaseError
from liverplan.resection import Ablation, CurvedCut, Parts, Plan, Plane, Wedge
from liverplan.resection.anatomy.maps import PartMap


def contents(folder):
    """Every file of a folder but the lock and unfinished ones."""
    paths = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".liverplan-"))
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def test_a_state_comes_back_to_the_bit(case, state):
    again = open_case(case.folder).state
    assert np.array_equal(again.volume.hu, state.volume.hu)
    assert again.volume.hu.dtype == np.int16
    assert np.array_equal(again.volume.grid.affine, state.volume.grid.affine)
    assert again.volume.grid.frame_uid == "1.2.3"
    assert np.array_equal(again.segmentation.labels, state.segmentation.labels)
    assert again.segmentation.provenance == state.segmentation.provenance
    assert again.documents == state.documents


def test_any_cuts_and_their_maps_come_back_to_the_bit(tmp_path, program, state, surgeon):
    plan = Plan(
        name="Wedge, ablation and segments",
        cuts=(
            Wedge(tip_mm=(0.1, 1 / 3, 2), direction=(1, 2, 3), radius_mm=12.7),
            Ablation(centre_mm=(1, 2, 3), radii_mm=(10, 12, 14.1), axes=np.eye(3)),
            CurvedCut.flat((0, 0, 0), (1, 0.3, 0.2)).bent((1, 1), 1 / 3),
            Parts(scheme="couinaud", names=("5", "6")),
        ),
    )
    grid = state.segmentation.grid
    labels = np.random.default_rng(3).integers(0, 3, grid.shape).astype(np.uint8)
    part_map = PartMap(scheme="couinaud", grid=grid, labels=labels, names=("5", "6"))
    state = dataclasses.replace(state, plan=plan, maps={"couinaud": part_map})
    case = create_case(tmp_path / "c", state=state, actor=program, what="Planned")
    again = open_case(tmp_path / "c")
    assert again.state.plan.to_json() == plan.to_json()
    read = again.state.maps["couinaud"]
    assert (read.scheme, read.names) == ("couinaud", ("5", "6"))
    assert np.array_equal(read.labels, labels)
    assert np.array_equal(read.grid.affine, grid.affine)
    files = {p.name for p in (tmp_path / "c" / "objects").iterdir()}
    case.commit(dataclasses.replace(state, others={}), actor=surgeon, what="x")
    assert {p.name for p in (tmp_path / "c" / "objects").iterdir()} == files
    assert verify(tmp_path / "c") == []


def test_random_planes_come_back_to_the_bit(tmp_path, program):
    rng = np.random.default_rng(5)
    planes = tuple(
        Plane(point_mm=rng.normal(size=3) * 100, normal=rng.normal(size=3)) for _ in range(200)
    )
    create_case(
        tmp_path / "c", state=CaseState(plan=Plan(cuts=planes)), actor=program, what="Planned"
    )
    for before, after in zip(planes, open_case(tmp_path / "c").state.plan.cuts, strict=True):
        assert before.normal.tobytes() == after.normal.tobytes()
        assert before.point_mm.tobytes() == after.point_mm.tobytes()


def test_every_state_can_be_reopened(case, state, surgeon):
    moved = dataclasses.replace(state, plan=Plan(cuts=(state.plan.cuts[0].shifted(3.5),)))
    case = case.commit(moved, actor=surgeon, what="Moved the cut", why="margin")
    case = case.commit(
        dataclasses.replace(moved, plan=Plan(cuts=())),
        actor=surgeon,
        what="Removed the cut",
        why="start over",
    )
    again = open_case(case.folder)
    assert [len(again.at(n).plan.cuts) for n in (1, 2, 3)] == [1, 1, 0]
    assert np.array_equal(again.at(2).plan.cuts[0].point_mm, moved.plan.cuts[0].point_mm)
    with pytest.raises(CaseError, match="states 1 to 3, not 4"):
        again.at(4)


def test_an_unchanged_ct_is_stored_once(case, surgeon):
    before = {p.name for p in (case.folder / "objects").glob("*.nii.gz")}
    opened = open_case(case.folder)
    opened.commit(dataclasses.replace(opened.state, plan=Plan(cuts=())), actor=surgeon, what="x")
    assert {p.name for p in (case.folder / "objects").glob("*.nii.gz")} == before


def test_the_documents_are_read_without_images(case):
    for path in (case.folder / "objects").glob("*.nii.gz"):
        path.unlink()
    assert open_case(case.folder).document("laboratory")["bilirubin"] == 11
    assert open_case(case.folder).document("visits") is None


def test_an_altered_file_is_not_opened(case):
    path = next((case.folder / "objects").glob("*.nii.gz"))
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(CaseError, match=f"{path.name} was altered"):
        _ = open_case(case.folder).state


def test_a_folder_with_other_files_is_refused_untouched(tmp_path, state, program):
    (tmp_path / "holiday.txt").write_text("sun")
    with pytest.raises(CaseError, match=r"not empty and not a case \(holiday.txt lies there\)"):
        create_case(tmp_path, state=state, actor=program, what="x")
    assert contents(tmp_path) == {"holiday.txt": b"sun"}
    assert [p.name for p in tmp_path.iterdir()] == ["holiday.txt"]


def test_a_second_case_in_one_folder_is_refused(case, state, program):
    before = contents(case.folder)
    with pytest.raises(CaseError, match="already holds a case"):
        create_case(case.folder, state=state, actor=program, what="x")
    assert contents(case.folder) == before


def test_a_file_in_place_of_the_folder_is_refused(tmp_path, state, program):
    path = tmp_path / "x"
    path.write_text("mine")
    with pytest.raises(CaseError, match="is a file"):
        create_case(path, state=state, actor=program, what="x")
    with pytest.raises(CaseError, match="Not a directory"):
        create_case(path / "case", state=state, actor=program, what="x")
    assert path.read_text() == "mine"


def test_what_a_crash_left_of_a_new_case_is_taken_over(tmp_path, state, program):
    case = create_case(tmp_path / "c", state=state, actor=program, what="x")
    (case.folder / "audit.jsonl").unlink()
    (case.folder / "objects" / ".liverplan-77-part").write_bytes(b"half")
    assert not is_case(case.folder)
    with pytest.raises(CaseError, match="never finished"):
        open_case(case.folder)
    create_case(case.folder, state=state, actor=program, what="again")
    assert verify(case.folder) == []
    assert not list(case.folder.rglob(".liverplan-77*"))


@pytest.mark.parametrize("schema", ["liverplan.case/2", "liverplan.case/10"])
def test_a_newer_case_is_refused_in_words(case, schema):
    path = case.folder / "case.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": schema}))
    with pytest.raises(CaseError, match="written by a newer liverplan"):
        open_case(case.folder)


@pytest.mark.parametrize("content", ["{}", "[]", "{", '{"schema": "other/1"}', '"x"'])
def test_a_damaged_identity_is_refused(case, content):
    (case.folder / "case.json").write_text(content)
    with pytest.raises(CaseError, match=r"case\.json is damaged"):
        open_case(case.folder)


def test_no_case_is_said(tmp_path):
    with pytest.raises(CaseError, match="is not a liverplan case"):
        open_case(tmp_path / "nothing")


def test_two_writers_cannot_write_at_once(case, state, surgeon):
    with lock(case.folder), pytest.raises(CaseError, match="being written by another program"):
        case.commit(state, actor=surgeon, what="x")


def test_a_stale_copy_cannot_overwrite(case, state, surgeon):
    other = open_case(case.folder)
    case.commit(dataclasses.replace(state, plan=Plan(cuts=())), actor=surgeon, what="first")
    with pytest.raises(CaseError, match="was changed by another program"):
        other.commit(state, actor=surgeon, what="second")
    assert [entry.what for entry in open_case(case.folder).history][1:] == ["first"]


def test_a_full_disk_leaves_the_case_as_it_was(case, state, surgeon):
    before = contents(case.folder)
    hu = np.random.default_rng(9).integers(-1000, 1000, (80, 90, 90)).astype(np.int16)
    grid = dataclasses.replace(state.volume.grid, shape=hu.shape)
    large = dataclasses.replace(state, volume=dataclasses.replace(state.volume, grid=grid, hu=hu))
    with small_files(100_000), pytest.raises(CaseError, match="what was there before is unchanged"):
        case.commit(large, actor=surgeon, what="x")
    assert contents(case.folder) == before
    assert verify(case.folder) == []
    open_case(case.folder).commit(state, actor=surgeon, what="after")


def test_a_full_disk_leaves_no_half_case(tmp_path, state, program):
    with small_files(500), pytest.raises(CaseError, match="cannot be written"):
        create_case(tmp_path / "a" / "b", state=state, actor=program, what="x")
    assert list(tmp_path.iterdir()) == []


def test_a_failing_rename_leaves_the_case_as_it_was(case, state, surgeon, monkeypatch):
    before = contents(case.folder)
    replace = Path.replace

    def refuse_trail(self, target):
        if Path(target).name == "audit.jsonl":
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse_trail)
    with pytest.raises(CaseError, match="Permission denied"):
        case.commit(dataclasses.replace(state, plan=Plan(cuts=())), actor=surgeon, what="x")
    monkeypatch.undo()
    assert contents(case.folder)["audit.jsonl"] == before["audit.jsonl"]
    assert not list(case.folder.rglob(".liverplan-[0-9]*"))
    assert len(open_case(case.folder).state.plan.cuts) == 1
    assert verify(case.folder) == []


def test_a_read_only_disk_is_refused(tmp_path, state, program, monkeypatch):
    def refuse(self, *_, **__):
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CaseError, match=r"cannot be written \(Read-only file system\)"):
        create_case(tmp_path / "case", state=state, actor=program, what="x")
    assert list(tmp_path.iterdir()) == []


def test_nan_is_refused_before_anything_is_written(case, state, surgeon):
    before = contents(case.folder)
    with pytest.raises(CaseError, match="finite"):
        dataclasses.replace(state, others={"laboratory": {"bilirubin": float("nan")}})
    assert contents(case.folder) == before


def test_a_nameless_actor_is_refused():
    from liverplan.case import Actor

    with pytest.raises(CaseError, match="needs the name"):
        Actor(name=" ", kind="human")


class small_files:  # noqa: N801 - reads as a verb
    """Let the system refuse files over a size, as a full disk does."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_):
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
