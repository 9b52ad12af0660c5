"""Findings of another program: said as its own finding, and vouched for or not verifiable."""

from dataclasses import replace

import pytest

from liverplan import __version__
from liverplan.case import Actor, create_case, open_case, sign
from liverplan.cli import main
from liverplan.cohort.registering import row_of_checked
from liverplan.errors import CaseError
from liverplan.workflow import verify_case
from liverplan.workflow.checking import case_faults
from tests.benchmarks.tampering.by_writing import findings as bent
from tests.benchmarks.tampering.forger import MEMBERS, RADIOLOGIST, SURGEON, Forger, copied, planned

OTHER = {"software": "liverplan 9.9", "measurement": "0123456789ab"}


@pytest.fixture
def forged(tampered, tmp_path):
    return copied(tampered.case.folder, tmp_path / "case")


def add(it: Forger, *, key=None, name="root", **values):
    state = it.state()
    bent(**values)(state, it)
    it.add(state, name=name, key=key)


@pytest.mark.parametrize(
    "program", [OTHER, {"software": "liverplan 9.9"}, {"measurement": "0123456789ab"}]
)
def test_who_writes_another_programs_name_is_not_believed(forged, program):
    add(forged, eligibility="eligible", **program)
    with pytest.raises(CaseError) as said:
        verify_case(forged.folder)
    words = str(said.value)
    assert "cannot be verified: its findings were measured by" in words
    assert f"measures otherwise by liverplan {__version__} (" in words
    assert "eligibility eligible / " in words
    assert "no signature of the plan that holds vouches for them" in words
    assert "altered" not in words.replace(str(forged.folder), "")


def test_the_command_does_not_say_that_nothing_was_altered(forged, capsys):
    add(forged, eligibility="eligible", **OTHER)
    with pytest.raises(SystemExit) as stop:
        main(["verify", str(forged.folder)])
    assert stop.value.code == 1
    assert "nothing was altered" not in capsys.readouterr().out


def test_a_members_key_does_not_vouch_for_findings(forged, tampered):
    ek = MEMBERS[0]
    add(forged, eligibility="eligible", name=ek, key=tampered.keys[ek], **OTHER)
    assert "no signature of the plan that holds vouches" in case_faults(forged.folder)[0]


def test_the_name_of_another_program_beside_the_same_figures_is_no_fault(forged):
    add(forged, **OTHER)
    assert case_faults(forged.folder) == []


def test_figures_that_this_very_program_did_not_find_were_altered(forged):
    add(forged, eligibility="eligible")
    with pytest.raises(CaseError, match=r"was altered: its findings are not those of its masks"):
        verify_case(forged.folder)


@pytest.fixture
def elsewhere(tampered, tmp_path):
    """A case that another version measured otherwise, and whose plan the surgeon signed so."""
    state = planned()
    volumes = replace(state.findings.volumes, remnant_ml=state.findings.volumes.remnant_ml + 1)
    theirs = replace(state.findings, volumes=volumes, **OTHER)
    machine = Actor(name="liverplan", kind="machine")
    case = create_case(
        tmp_path / "case", state=replace(state, findings=theirs), actor=machine, what="Planned"
    )
    for name, meaning in ((RADIOLOGIST, "lesions accepted"), (SURGEON, "plan signed")):
        case = sign(case, tampered.keys[name], name=name, meaning=meaning)
    return case


def test_the_signature_of_the_plan_vouches_and_both_figures_are_said(elsewhere):
    said = " ".join(verify_case(elsewhere.folder))
    assert "Its findings were measured by liverplan 9.9 (0123456789ab)" in said
    assert "volumes_ml.remnant " in said
    assert f"; {SURGEON} signed them so." in said


def test_once_that_signature_is_void_nobody_vouches(elsewhere):
    it = Forger(elsewhere.folder)
    add(it, eligibility="eligible")
    with pytest.raises(CaseError, match="cannot be verified"):
        verify_case(it.folder)
    assert open_case(it.folder).document("findings")["software"] == "liverplan 9.9"


def test_nobody_is_listed_as_eligible_whose_findings_were_made_so(forged):
    state = forged.state()
    bent(eligibility="eligible")(state, forged)
    forged.add(state)
    row = row_of_checked(open_case(forged.folder))
    assert row["eligibility"] == "undecided"
    assert "not those of its masks and plan (eligibility)" in row["fault"]
