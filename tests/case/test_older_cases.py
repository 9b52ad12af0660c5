"""Cases that earlier versions wrote, opened by this one: nothing is lost, voided or judged anew.

In ``older/``, for the last state of 0.1, 0.2 and 0.3: a torso of 8 mm voxels with three metastases,
assessed, signed and voted on by the command line of that version. ``whole`` has a plane, an
ablation and a wedge, landmarks and the segments made from them, all facts with a note, masks that
were automatic, edited and given and then accepted by the radiologist, signatures of five people
and their public keys; from 0.2 on also vessels, a cut branch and a response. ``bare`` has two
planes, height and weight, and masks of the same origins that nobody has signed for.
``said.json`` holds what that version itself said of its case.
"""

import contextlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from liverplan.case import Actor, check_signatures, open_case, verify
from liverplan.cli import main
from tests.reference.comparing import differences, explained

OLDER = Path(__file__).parent / "older"
NAMES = sorted(path.stem for path in OLDER.glob("*.zip"))
SIGNED = [name for name in NAMES if name.startswith("whole")]
SIGNERS = ("Lind", "Dahl", "Ek", "Holm", "Sand")
READER = Actor(name="Dr Ada Lind", kind="human", role="surgeon")

ROUNDING = 1e-9

# 0.2 measures shapes anew at their edges, where a voxel of this torso holds 0.64 mL.
MOVED_SINCE = [
    {"row": "whole_0.1", "path": "volumes_ml.re*", "within": 0.2},
    {"row": "whole_0.1", "path": "cuts.?.removes_ml", "within": 0.2},
    {"row": "whole_0.1", "path": "remnant_fraction.*", "within": 2e-4},
    {"row": "whole_0.1", "path": "criteria.7.value", "within": 2e-4},
    # 0.4 lets what becomes of each metastasis decide; the bare cases' plane cuts through one.
    {"row": "bare_*", "path": "criteria.6.*", "rule": "any"},
    {"row": "bare_*", "path": "eligibility", "old": "undecided", "new": "not eligible"},
    {"row": "bare_*", "path": "notes", "rule": "any"},
    {"row": "bare_*", "path": "lesions.2.state", "old": "confirmed", "new": "given"},
    # 0.4 holds the file's targets beside the CT's metastases, and its visits beside the compared.
    {"row": "whole_*", "path": "criteria.8.state", "old": "met", "new": "needs judgement"},
    {"row": "whole_*", "path": "criteria.8.finding", "rule": "any"},
    {"row": "whole_*", "path": "eligibility", "old": "eligible", "new": "undecided"},
    {"row": "whole_*", "path": "notes", "rule": "any"},
    # 0.4 takes the boundaries' errors place by place; its lattice is another.
    {"row": "*_0.*", "path": "interval_95.?", "within": 0.02},
    {"row": "*_0.*", "path": "probability_above_threshold", "within": 0.02},
    {"row": "*_0.*", "path": "flip_mm", "within": 1.0},
    {"row": "*_0.*", "path": "remnant_95_ml.?", "within": 40.0},
    {"row": "*_0.*", "path": "reserve.standardised_95.?", "within": 0.03},
    {"row": "*_0.*", "path": "contributions", "rule": "any"},
    {"row": "*_0.*", "path": "criteria.7.finding", "rule": "any"},
]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """A function of a name: the folder with ``case/``, ``said.json`` and perhaps ``keys/``."""
    root = tmp_path_factory.mktemp("older")

    def folder(name):
        if not (root / name).exists():
            with zipfile.ZipFile(OLDER / f"{name}.zip") as stored:
                stored.extractall(root / name)
        return root / name

    return folder


@pytest.fixture
def fresh(tmp_path):
    """A function of a name: a copy of the case that may be written to."""

    def folder(name):
        with zipfile.ZipFile(OLDER / f"{name}.zip") as stored:
            stored.extractall(tmp_path)
        return tmp_path / "case"

    return folder


def said(folder):
    return json.loads((folder / "said.json").read_text("utf-8"))


def signatures(case):
    """[name, meaning, what voids it] of each."""
    return [[c.signature.name, c.signature.meaning, c.void_because] for c in check_signatures(case)]


def run(*arguments):
    """(exit status, stdout) of a command."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    return stop.value.code, out.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_it_verifies_and_reading_it_changes_no_byte(name, unpacked):
    case = unpacked(name) / "case"
    before = {p: p.read_bytes() for p in case.rglob("*") if p.is_file()}
    assert verify(case) == []
    opened = open_case(case)
    assert [entry.what for entry in opened.history] == said(unpacked(name))["history"]
    check_signatures(opened)
    assert {p: p.read_bytes() for p in case.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", NAMES)
def test_its_plan_comes_back_to_the_bit_and_its_maps_by_name(name, unpacked):
    state, before = open_case(unpacked(name) / "case").state, said(unpacked(name))
    assert state.plan.to_json() == before["plan"]
    assert {scheme: list(m.names) for scheme, m in state.maps.items()} == before["maps"]


@pytest.mark.parametrize("name", NAMES)
def test_each_mask_keeps_its_origin_and_who_accepted_it(name, unpacked):
    state = open_case(unpacked(name) / "case").state
    found = {str(label): mask for label, mask in state.segmentation.provenance.items()}
    for label, before in said(unpacked(name))["provenance"].items():
        now = found[label]
        assert (now.method, now.version) == (before["method"], before["version"])
        quality = before["quality"] if before["accepted_by"] else "automatic"
        assert (now.quality, now.accepted_by) == (quality, before["accepted_by"])
        given = before["parameters"]
        assert now.density_hu == (float(given["density_hu"]) if "density_hu" in given else None)
        assert now.edits == int(given.get("edits by hand", 0))


@pytest.mark.parametrize("name", NAMES)
def test_judged_again_it_says_what_that_version_said(name, unpacked):
    status, out = run("measure", unpacked(name) / "case", "--json")
    assert status == 0
    before = said(unpacked(name))["result"]
    before.pop("software")
    found = differences(before, json.loads(out), tolerance=ROUNDING)
    unexplained, absent = explained(name, found, MOVED_SINCE)
    assert not unexplained, "\n".join(map(str, unexplained))
    assert not absent


@pytest.mark.parametrize("name", SIGNED)
def test_every_signature_holds_against_the_keys_of_its_signers(name, unpacked):
    folder = unpacked(name)
    now = signatures(open_case(folder / "case"))
    assert now == said(folder)["signatures"]
    assert [signer for signer, _, void in now if not void] == list(SIGNERS)
    status, out = run("verify", folder / "case", "--keys", folder / "keys")
    assert status == 0
    assert all(f"{signer}.pub" in out for signer in SIGNERS)
    version = name.partition("_")[2]
    assert f"An older liverplan wrote its current state (liverplan {version}." in out
    assert "it was held to the rules of that time" in out


@pytest.mark.parametrize("name", NAMES)
def test_writing_it_anew_voids_nothing_and_changes_nothing(name, fresh, unpacked):
    case = open_case(fresh(name))
    labels = np.array(case.state.segmentation.labels)
    again = case.commit(case.state, actor=READER, what="Opened")
    assert again.history[-1].changes == ()
    opened = open_case(case.folder)
    assert signatures(opened) == said(unpacked(name))["signatures"]
    assert verify(case.folder) == []
    assert np.array_equal(opened.state.segmentation.labels, labels)
    assert opened.state.plan.to_json() == said(unpacked(name))["plan"]


@pytest.mark.parametrize("name", NAMES)
def test_every_state_before_can_be_reopened(name, unpacked):
    case = open_case(unpacked(name) / "case")
    for number in range(1, len(case.history) + 1):
        assert len(case.at(number).plan.cuts) == len(case.state.plan.cuts)


@pytest.mark.parametrize("name", SIGNED)
def test_an_altered_byte_is_named(name, fresh):
    folder = fresh(name)
    victim = sorted(folder.rglob("*.nii.gz"))[0]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert any(victim.name in fault for fault in verify(folder))
