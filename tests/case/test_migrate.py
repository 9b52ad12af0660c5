"""Cases that held planes only, before a case held a plan: read, checked and gone on with."""

import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import check_signatures, open_case, pending, sign, verify
from liverplan.case.migrate import migrated
from liverplan.case.state import content_sha256
from liverplan.errors import CaseError
from liverplan.resection import Plan
from liverplan.segmentation import Provenance

STORED = Path(__file__).parent / "case_of_planes.zip"
"""Written by liverplan 0.1.0: two planes; accepted, signed and voted on once."""


@pytest.fixture
def old(tmp_path):
    with zipfile.ZipFile(STORED) as stored:
        stored.extractall(tmp_path / "old")
    return tmp_path / "old"


OLD = {"schema": "liverplan.state/2", "segmentation": None, "plan": {}, "documents": {}}


def nothing(_name):
    raise AssertionError("no document is needed")


def voids(folder):
    return [checked.void_because for checked in check_signatures(open_case(folder))]


def test_its_planes_come_back_to_the_bit(old):
    plan = open_case(old).state.plan
    assert plan.name == ""
    first, second = plan.cuts
    assert first.normal.tolist() == [0.3810003810005715, 0.254000254000381, 0.8890008890013334]
    assert second.point_mm.tolist() == [1 / 3, -13.3, 20.7]
    assert open_case(old).state.maps == {}


def test_it_verifies_and_its_signatures_hold(old):
    before = {p: p.read_bytes() for p in old.rglob("*") if p.is_file()}
    assert verify(old) == []
    assert voids(old) == ["", "", ""]
    assert pending(open_case(old), votes=1) == ()
    assert {p: p.read_bytes() for p in old.rglob("*") if p.is_file()} == before


def test_writing_it_anew_changes_nothing_that_was_signed(old, surgeon):
    case = open_case(old)
    case = case.commit(case.state, actor=surgeon, what="Opened")
    assert case.history[-1].changes == ()
    assert open_case(old).state_json["schema"] == "liverplan.state/3"
    assert voids(old) == ["", "", ""]
    assert verify(old) == []


def test_a_moved_or_a_curved_cut_voids_the_old_signatures_by_name(old, surgeon):
    case = open_case(old)
    moved = (case.state.plan.cuts[0].shifted(1e-9), case.state.plan.cuts[1])
    moved_state = dataclasses.replace(case.state, plan=Plan(cuts=moved))
    case.commit(moved_state, actor=surgeon, what="Moved", why="vein")
    assert voids(old) == ["", "changed since: plan", "changed since: plan"]


def test_who_voted_on_the_old_case_signs_the_new_one(old, surgeon):
    case = open_case(old)
    state = dataclasses.replace(case.state, plan=Plan(cuts=case.state.plan.cuts, name="Plan B"))
    case = case.commit(state, actor=surgeon, what="Named", why="a better name")
    assert voids(old)[1:] == ["changed since: plan"] * 2
    case = sign(case, Ed25519PrivateKey.generate(), name="Dr Kaj Ro", meaning="plan signed")
    covered = check_signatures(case)[-1].signature.covers
    assert {"plan", "maps"} <= set(covered)
    assert "planes" not in covered


def test_its_earlier_states_can_be_reopened(old):
    case = open_case(old)
    for number in range(1, len(case.history) + 1):
        assert len(case.at(number).plan.cuts) == 2
    assert np.array_equal(case.at(1).segmentation.labels, case.state.segmentation.labels)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"schema": "liverplan.state/4"}, "written by a newer liverplan"),
        ({"schema": "liverplan.state/x"}, "is not its schema"),
        ({"schema": "liverplan.plan/1"}, "is not its schema"),
        ({"schema": "liverplan.state/1"}, "cannot be understood"),
        ({"schema": "liverplan.state/1", "planes": [1]}, "cannot be understood"),
        ({}, "is not its schema"),
        ([], "is not its schema"),
        (None, "is not its schema"),
    ],
)
def test_what_is_newer_or_no_state_is_refused_in_words(document, words):
    with pytest.raises(CaseError, match=words):
        migrated(document, nothing)


def test_the_content_hash_is_the_same_before_and_after(old, surgeon):
    case = open_case(old)
    again = case.commit(case.state, actor=surgeon, what="Opened")
    assert content_sha256(again.state_json) == case.content_sha256


def old_mask(quality, accepted_by="", method="liverplan classical liver", **parameters):
    return {
        "method": method,
        "version": "0.3.0",
        "quality": quality,
        "parameters": parameters,
        "accepted_by": accepted_by,
    }


def origin_of(mask):
    masks = {"file": "x.nii.gz", "provenance": {"1": mask}}
    now = migrated({**OLD, "segmentation": masks}, nothing)
    return Provenance(**now["segmentation"]["provenance"]["1"])


def test_an_automatic_mask_keeps_the_density_that_its_error_model_needs():
    now = origin_of(old_mask("automatic", density_hu="97", spread_hu="12.1"))
    assert (now.origin, now.quality, now.accepted) == ("automatic", "automatic", False)
    assert (now.density_hu, now.parameters) == (97.0, {"spread_hu": "12.1"})


def test_a_density_that_is_no_number_is_none():
    assert origin_of(old_mask("automatic", density_hu="unread")).density_hu is None


@pytest.mark.parametrize(
    ("mask", "origin", "quality", "accepted"),
    [
        (old_mask("expert", method="given mask", file="a.nii.gz"), "given", "automatic", False),
        (old_mask("expert", "Dr Ek", "given mask", file="a.nii.gz"), "given", "expert", True),
        (old_mask("expert", method="liverplan phantom"), "given", "automatic", False),
        (old_mask("automatic", method="liverplan lesion from click"), "clicks", "automatic", False),
        (old_mask("automatic", "Dr Ek"), "automatic", "automatic", True),
        (old_mask("automatic", method="drawn by hand"), "drawn", "automatic", False),
        (old_mask("edited", "Dr Ek", "drawn by hand"), "drawn", "edited", True),
        (old_mask("edited", "Dr Ek"), "automatic", "edited", True),
        (old_mask("edited"), "automatic", "automatic", False),
    ],
)
def test_every_older_mask_counts_as_it_did_if_a_person_is_named(mask, origin, quality, accepted):
    now = origin_of(mask)
    assert (now.origin, now.quality, now.accepted) == (origin, quality, accepted)


def test_older_edits_are_counted_on_and_no_longer_text():
    given = old_mask("automatic", method="given mask", file="a.nii.gz", **{"edits by hand": "3"})
    now = origin_of(given)
    assert (now.origin, now.edits, now.parameters) == ("given", 3, {"file": "a.nii.gz"})
    assert (now.quality, now.accepted) == ("automatic", False)


def test_a_state_without_masks_is_read():
    now = migrated(OLD, nothing)
    assert now == {**OLD, "schema": "liverplan.state/3", "biopsied": []}


def test_what_was_biopsied_moves_from_the_screen_into_the_case():
    document = {**OLD, "documents": {"app": "screen.json"}}
    screens = {"screen.json": {"plan": 0, "biopsied": [4, 2]}}
    assert migrated(document, screens.__getitem__)["biopsied"] == [2, 4]
