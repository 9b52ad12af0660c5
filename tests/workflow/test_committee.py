"""Radiologist, surgeon, three votes, report: the journey by the command line."""

import json
from dataclasses import replace

import pytest

from liverplan import case as cases
from liverplan.cli import main
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.segmentation import Provenance
from liverplan.workflow.committee import accept, accepted_masks, is_final, signature_rows

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    return stop.value.code


@pytest.fixture
def case(small, tmp_path):
    folder = tmp_path / "case"
    masks = ["--liver", small.liver, "--lesions", small.lesions]
    assert run("assess", small.ct, "--out", folder, *masks, "--plane", CUT) == 0
    return folder


@pytest.fixture
def key(tmp_path):
    def make(name):
        path = tmp_path / f"{name}.pem"
        if not path.exists():
            assert run("committee", "key", path, "--public", tmp_path / f"{name}.pub") == 0
        return path

    return make


def sign(case, role, name, key):
    return run("committee", "sign", case, "--as", role, "--name", name, "--key", key(name))


def vote(case, name, key, ballot="for", reason="Clear margin"):
    options = ["--vote", ballot, "--name", name, "--key", key(name), "--reason", reason]
    return run("committee", "vote", case, *options)


def test_the_whole_journey_ends_in_a_final_report(case, key, tmp_path, capsys):
    assert sign(case, "radiologist", "Lind", key) == 0
    assert sign(case, "surgeon", "Dahl", key) == 0
    for name, ballot in (("Ek", "for"), ("Holm", "for"), ("Sand", "against")):
        assert is_final(cases.open_case(case)) is False
        assert vote(case, name, key, ballot) == 0
    assert is_final(cases.open_case(case)) is True
    said = capsys.readouterr().out
    assert said.count("Everybody has signed and voted.") == 1
    assert said.count("Still to come: ") == 4
    said = [row.meaning for row in signature_rows(cases.open_case(case))]
    assert said == ["lesions accepted", "plan signed", "vote: for", "vote: for", "vote: against"]
    assert run("verify", case) == 0
    assert run("report", case, "--out", tmp_path / "r.html") == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    for name in ("Lind", "Dahl", "Ek", "Holm", "Sand", "against"):
        assert name in page
    assert run("report", case, "--out", tmp_path / "d.html", "--deidentify") == 0
    assert "Dahl" not in (tmp_path / "d.html").read_text("utf-8")


def test_signatures_are_held_against_trusted_keys(case, key, tmp_path, capsys):
    assert sign(case, "radiologist", "Lind", key) == 0
    capsys.readouterr()
    assert run("verify", case, "--keys", tmp_path) == 0
    assert "Lind (radiologist, lesions accepted): Lind.pub" in capsys.readouterr().out
    (tmp_path / "Lind.pub").unlink()
    assert run("verify", case, "--keys", tmp_path) == 1
    assert "holds no public key" in capsys.readouterr().err
    key("Dahl")
    assert run("verify", case, "--keys", tmp_path) == 1
    assert "made the signature of Lind" in capsys.readouterr().err


def test_the_steps_keep_their_order_and_an_author_is_no_approver(case, key, capsys):
    assert sign(case, "surgeon", "Dahl", key) == 1
    assert "the radiologist has not signed" in capsys.readouterr().err
    assert sign(case, "radiologist", "Lind", key) == 0
    assert sign(case, "surgeon", "Dahl", key) == 0
    assert vote(case, "Dahl", key) == 1
    assert "does not approve their own work" in capsys.readouterr().err
    assert vote(case, "Ek", key, reason=" ") == 1
    assert "needs its reason" in capsys.readouterr().err


def test_a_changed_plan_voids_its_signature_visibly(small, case, key, tmp_path):
    assert sign(case, "radiologist", "Lind", key) == 0
    assert sign(case, "surgeon", "Dahl", key) == 0
    masks = ["--liver", small.liver, "--lesions", small.lesions]
    moved = CUT.replace(str(RECOMMENDED_POINT_MM[0]), "-20.0", 1)
    assert run("assess", small.ct, "--out", case, *masks, "--plane", moved) == 0
    checked = cases.check_signatures(cases.open_case(case))
    plan = next(c for c in checked if c.signature.meaning == "plan signed")
    assert "plan" in plan.void_because


def test_an_accepted_automatic_mask_counts_as_confirmed(case, key):
    opened = cases.open_case(case)
    made = Provenance(method="some network", version="1", origin="automatic")
    state = opened.state
    automatic = replace(state.segmentation, provenance=dict.fromkeys(range(1, 5), made))
    opened.commit(
        replace(state, segmentation=automatic),
        actor=cases.Actor(name="machine", kind="machine"),
        what="Segmented",
    )
    assert sign(case, "radiologist", "Lind", key) == 0
    after = cases.open_case(case).state
    assert {p.accepted_by for p in after.segmentation.provenance.values()} == {"Lind"}
    assert all(lesion.state == "confirmed" for lesion in after.findings.lesions)


def test_what_was_biopsied_is_said_by_the_result_the_case_and_the_report(small, tmp_path, capsys):
    folder = tmp_path / "case"
    masks = ["--liver", small.liver, "--lesions", small.lesions, "--plane", CUT]
    assert run("assess", small.ct, "--out", folder, *masks, "--biopsied", "3", "--json") == 0
    states = {one["label"]: one["state"] for one in json.loads(capsys.readouterr().out)["lesions"]}
    assert states[3] == "biopsied"
    assert set(states.values()) == {"given", "biopsied"}
    assert run("committee", "biopsied", folder, "--of", "M1", "--name", "Lind") == 0
    assert "Biopsied: Metastasis 1." in capsys.readouterr().out
    opened = cases.open_case(folder)
    assert [one.label for one in opened.state.findings.lesions if one.state == "biopsied"] == [2]
    assert opened.history[-1].actor.name == "Lind"
    assert run("report", folder, "--out", tmp_path / "r.html") == 0
    assert "biopsied" in (tmp_path / "r.html").read_text("utf-8")
    assert run("committee", "biopsied", folder, "--of", "M99", "--name", "Lind") == 1
    assert "no metastasis with label 100" in capsys.readouterr().err
    assert cases.open_case(folder).state.biopsied == {2}


def test_a_biopsy_voids_the_plan_and_not_the_accepted_masks(case, key):
    assert sign(case, "radiologist", "Lind", key) == 0
    assert sign(case, "surgeon", "Dahl", key) == 0
    assert run("committee", "biopsied", case, "--of", "M2", "--name", "Lind") == 0
    voids = [one.void_because for one in cases.check_signatures(cases.open_case(case))]
    assert voids == ["", "changed since: biopsied, findings"]


def test_a_plan_that_makes_no_sense_is_signed_and_voted_on_by_nobody(case, key, capsys):
    from liverplan.resection import Plan

    assert sign(case, "radiologist", "Lind", key) == 0
    assert sign(case, "surgeon", "Dahl", key) == 0
    opened = cases.open_case(case)
    far = opened.state.plan.cuts[0].shifted(1000)
    astray = replace(opened.state, plan=Plan(cuts=(far,)))
    actor = cases.Actor(name="Dahl", kind="human")
    opened.commit(astray, actor=actor, what="Moved", why="a slip of the hand")
    capsys.readouterr()
    assert sign(case, "surgeon", "Dahl", key) == 1
    assert "Dahl cannot sign: " in capsys.readouterr().err
    assert vote(case, "Ek", key) == 1
    assert "Ek cannot sign: " in capsys.readouterr().err
    assert len(cases.open_case(case).state.signatures) == 2


def test_nobody_accepts_masks_that_are_not_there(key, tmp_path, capsys):
    empty = tmp_path / "empty"
    person = cases.Actor(name="Lind", kind="human", role="radiologist")
    cases.create_case(empty, state=cases.CaseState(), actor=person, what="Opened")
    assert sign(empty, "radiologist", "Lind", key) == 1
    assert "holds no masks yet, so none can be accepted" in capsys.readouterr().err
    assert sign(empty, "surgeon", "Dahl", key) == 1
    assert "Dahl cannot sign: the case holds no masks yet." in capsys.readouterr().err
    assert cases.open_case(empty).state.signatures == ()


def test_masks_accepted_twice_by_one_person_are_the_very_same(case):
    masks = cases.open_case(case).state.segmentation
    once = accepted_masks(masks, "Lind")
    assert {made.accepted_by for made in once.provenance.values()} == {"Lind"}
    assert accepted_masks(once, "Lind") is once


def test_a_radiologist_who_signs_anew_accepts_nothing_twice(case, key):
    """What one person accepted stays accepted: the trail gains a signature and nothing else."""
    assert sign(case, "radiologist", "Lind", key) == 0
    before = len(cases.open_case(case).history)
    sign(case, "radiologist", "Lind", key)
    again = cases.open_case(case).history[before:]
    assert not any(entry.what == "Accepted the masks" for entry in again)


def test_what_is_accepted_without_a_signature_is_in_the_case_that_comes_back(case):
    accepted = accept(case, name="Lind")
    made = accepted.state.segmentation.provenance
    assert {one.accepted_by for one in made.values()} == {"Lind"}
    assert accepted.history[-1].what == "Accepted the masks"
    assert accepted.state.signatures == ()
