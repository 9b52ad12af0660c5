"""A pipe, a device, a folder or a giant in place of a file is one sentence, and never a wait."""

import os
import signal
from pathlib import Path

import pytest

from liverplan.case import (
    Actor,
    create_case,
    load_key,
    open_case,
    read_public_key,
    read_register,
    read_roster,
    verify,
)
from liverplan.cohort.manifest import read_manifest
from liverplan.cohort.overview import overview
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.endpoints.design.plan import read_design
from liverplan.errors import LiverplanError
from liverplan.resection.anatomy.landmarks import read_landmarks
from liverplan.resection.anatomy.segment_branches import read_segment_branches
from liverplan.resection.plan import read_plan
from liverplan.workflow.exporting import rules_for
from tests.benchmarks.tampering.forger import planned

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")

GIANT = 2**40
READERS = {
    "key.pem": load_key,
    "key.pub": read_public_key,
    "roster.json": read_roster,
    "register.jsonl": read_register,
    "manifest.csv": read_manifest,
    "patient.toml": lambda path: PatientFile.load(path, ProtocolFile.shipped("breclim2").protocol),
    "protocol.toml": lambda path: ProtocolFile.shipped(str(path)),
    "plan.toml": read_plan,
    "landmarks.toml": read_landmarks,
    "branches.toml": read_segment_branches,
    "design.toml": read_design,
    "secret": lambda path: rules_for(key=path),
}
KINDS = {
    "pipe": os.mkfifo,
    "folder": os.mkdir,
    "device": lambda path: Path(path).symlink_to("/dev/zero"),
    "giant": lambda path: (Path(path).touch(), os.truncate(path, GIANT)),
    "loop": lambda path: Path(path).symlink_to(path),
}


@pytest.fixture(autouse=True)
def _no_wait():
    def late(*_):
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_is_one_sentence(tmp_path, name, kind):
    path = tmp_path / name
    KINDS[kind](path)
    with pytest.raises(LiverplanError) as refusal:
        READERS[name](path)
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "place", ["case.json", "audit.jsonl", "states", "objects", "states/*", "objects/*.nii.gz"]
)
def test_a_case_with_such_a_thing_is_refused_and_listed_with_its_fault(tmp_path, place, kind):
    machine = Actor(name="liverplan", kind="machine")
    create_case(tmp_path / "case", state=planned(), actor=machine, what="made")
    path = next((tmp_path / "case").glob(place))
    path.rename(tmp_path / "kept")
    KINDS[kind](path)
    with pytest.raises(LiverplanError) as refusal:
        open_case(tmp_path / "case").state  # noqa: B018 - reads
    assert "\n" not in str(refusal.value)
    assert verify(tmp_path / "case")
    if not place.startswith("objects"):  # the table reads no image
        assert overview(tmp_path / "case", tmp_path / "out").faulty == 1


@pytest.mark.parametrize("name", [".liverplan-saving", ".liverplan-lock"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_save_never_waits_for_what_lies_in_the_place_of_its_own_files(tmp_path, name, kind):
    machine = Actor(name="liverplan", kind="machine")
    case = create_case(tmp_path / "case", state=planned(), actor=machine, what="made")
    (case.folder / ".liverplan-lock").unlink()
    KINDS[kind](case.folder / name)
    said = ""
    try:
        case.note(actor=machine, what="Looked")
    except LiverplanError as refusal:
        said = str(refusal)
    assert "\n" not in said
    assert len(open_case(case.folder).history) == (1 if said else 2)
    assert verify(case.folder) == []
