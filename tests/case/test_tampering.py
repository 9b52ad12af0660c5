"""A sample of `python -m tests.benchmarks.tamper`: what one who may write the folder would do."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Member, check_signatures, open_case, read_roster, sign, write_roster
from liverplan.case import public_hex as public
from liverplan.case.names import same_name
from liverplan.errors import CaseError
from liverplan.workflow.checking import case_faults, remarks
from tests.benchmarks.tamper import forgeries
from tests.benchmarks.tampering.forger import MEMBERS, copied

SAMPLE = {
    "a genuine vote copied three times": "more than one signature",
    "the vote against removed": "gone or changed",
    "findings say eligible": "not those of its masks and plan",
    "a cut moved and not listed": "is not what changed",
    "the last line dropped, its state left": "lines were taken away",
    "the last line and its state dropped": "holds no line",
    "an invented fourth vote": "nobody's on the roster",
    "a member in another spelling": "signed already",
    "the author votes as Root": "does not approve their own work",
    "masks accepted by a typed name": "has not signed for them",
    "a state of an older schema added": "as an older liverplan wrote",
    "votes under five names": "breaks a rule",
}


@pytest.fixture(scope="module")
def ways(tampered):
    return {what: forge for _, what, forge in forgeries(tampered.keys)}


def test_the_genuine_case_has_no_fault(tampered):
    head, roster = tampered.case.head, tampered.roster
    assert case_faults(tampered.case.folder, head=head, roster=roster) == []
    assert case_faults(tampered.case.folder, head=head[:12]) == []


@pytest.mark.parametrize("what", SAMPLE)
def test_a_forgery_is_found_and_said(what, tampered, ways):
    finder, sentence = tampered.try_(ways[what])
    assert finder
    assert SAMPLE[what] in sentence


def test_a_later_vote_supersedes_the_first_and_that_is_said(tampered):
    copy = tampered.room / "anew"

    case = open_case(copied(tampered.case.folder, copy).folder)
    ek = MEMBERS[0]
    case = sign(
        case, tampered.keys[ek], name=ek, meaning="vote", vote="against", reason="Seen anew"
    )
    votes = [(c.signature.vote, c.void_because) for c in check_signatures(case)][2:]
    assert votes[0] == ("for", "superseded by their later vote (against)")
    assert votes[-1] == ("against", "")
    assert case_faults(copy, roster=tampered.roster) == []
    assert any("superseded by their later vote" in said for said in remarks(case))


def test_a_name_is_one_however_it_is_typed():
    spellings = ("Dr Åsa Lind", "dr a\u030asa lind", " DR  ÅSA\u00a0LIND", "Dr Å\u200bsa Lind")
    assert all(same_name(spellings[0], other) for other in spellings)
    assert not same_name("Dr Åsa Lind", "Dr Asa Lind")


def test_a_roster_that_was_altered_or_signed_by_a_stranger_is_refused(tmp_path):
    key = Ed25519PrivateKey.generate()
    member = Member(name="Ek", role="surgeon", public_key=public(key), since="2026-01-01")
    path = tmp_path / "roster.json"
    write_roster(path, [member], key)
    assert read_roster(path, trusted=[public(key)]).members == (member,)
    with pytest.raises(CaseError, match="no trusted key"):
        read_roster(path, trusted=["00"])
    path.write_text(path.read_text("utf-8").replace('"Ek"', '"Falk"'), "utf-8")
    with pytest.raises(CaseError, match="was altered"):
        read_roster(path)


def test_a_roster_gives_one_key_to_one_person(tmp_path):
    key = Ed25519PrivateKey.generate()
    members = [
        Member(name=name, role="surgeon", public_key=public(key), since="2026-01-01")
        for name in ("Ek", "Falk")
    ]
    with pytest.raises(CaseError, match="somebody else"):
        write_roster(tmp_path / "roster.json", members, key)
