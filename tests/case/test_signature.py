"""Signatures: order, four eyes, what voids them, forgeries."""

import dataclasses
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from liverplan.case import (
    Actor,
    check_signatures,
    load_key,
    new_key,
    open_case,
    pending,
    read_public_key,
    sign,
    verify,
    write_public_key,
)
from liverplan.case.audit import read_trail
from liverplan.case.documents import parse, sha256, to_line, to_page
from liverplan.case.keys import holds, public_hex
from liverplan.case.signature import read_signature
from liverplan.eligibility import Patient
from liverplan.errors import CaseError
from liverplan.findings import Annotation
from liverplan.findings.key_images import KeyImage
from liverplan.resection import Plan
from liverplan.segmentation import Segmentation
from tests.case.conftest import facts
from tests.kept import made_png

RADIOLOGIST, SURGEON, MEMBERS = "Dr Eva Ask", "Dr Ada Lind", ("Dr Bo Ek", "Dr Siv Ed", "Dr Per Al")


@pytest.fixture
def keys():
    return {name: Ed25519PrivateKey.generate() for name in (RADIOLOGIST, SURGEON, *MEMBERS)}


@pytest.fixture
def accepted(case, keys):
    return sign(case, keys[RADIOLOGIST], name=RADIOLOGIST, meaning="lesions accepted")


@pytest.fixture
def planned(accepted, keys):
    return sign(accepted, keys[SURGEON], name=SURGEON, meaning="plan signed")


def vote(case, keys, name, choice="for", reason="Enough liver stays"):
    return sign(case, keys[name], name=name, meaning="vote", vote=choice, reason=reason)


def voids(case):
    return [checked.void_because for checked in check_signatures(open_case(case.folder))]


def test_the_whole_journey(planned, keys):
    case = planned
    assert pending(case) == ("0 of 3 votes",)
    for name, choice in zip(MEMBERS, ("for", "against", "for"), strict=True):
        case = vote(case, keys, name, choice, "Reasons")
    assert pending(case) == ()
    assert voids(case) == [""] * 5
    assert verify(case.folder) == []
    votes = [c.signature.vote for c in check_signatures(case)]
    assert votes == [None, None, "for", "against", "for"]
    assert [entry.what for entry in case.history][-1] == "Signed: vote: for"


def test_any_change_voids_what_it_concerns_and_says_what(planned, keys):
    case = vote(planned, keys, MEMBERS[0])
    surgeon = Actor(name=SURGEON, kind="human")
    moved = dataclasses.replace(
        case.state, plan=Plan(cuts=(case.state.plan.cuts[0].shifted(1e-9),))
    )
    with pytest.raises(CaseError, match="a change voids the signatures and needs a reason"):
        case.commit(moved, actor=surgeon, what="Moved the cut")
    case = case.commit(moved, actor=surgeon, what="Moved the cut", why="closer to the vein")
    assert voids(case) == ["", "changed since: plan", "changed since: plan"]
    assert pending(case) == ("plan signed by the surgeon", "0 of 3 votes")


def test_keeping_pictures_of_a_signed_plan_voids_nothing_and_stands_in_the_trail(planned, keys):
    case = vote(planned, keys, MEMBERS[0])
    image = KeyImage(png=made_png(), view="3D")
    member = Actor(name=MEMBERS[1], kind="human")
    for kept in ((image,), (dataclasses.replace(image, title="Behind"),), ()):
        state = dataclasses.replace(case.state, key_images=kept)
        case = case.commit(state, actor=member, what="Kept", why="for the meeting")
        assert voids(case) == ["", "", ""]
        assert open_case(case.folder).state.key_images == kept
    assert any("key_images" in change.field for change in case.history[-1].changes)
    assert verify(case.folder) == []
    assert case.at(len(case.history) - 1).key_images[0].title == "Behind"


def test_measuring_on_a_signed_plan_s_slices_voids_nothing_and_stands_in_the_trail(planned, keys):
    case = vote(planned, keys, MEMBERS[0])
    ruler = Annotation(kind="ruler", view="Axial", points_mm=((0, 0, 0), (10, 0, 0)))
    measured = dataclasses.replace(case.state, annotations=(ruler,))
    member = Actor(name=MEMBERS[1], kind="human")
    case = case.commit(measured, actor=member, what="Measured 10 mm", why="asked in the meeting")
    assert voids(case) == ["", "", ""]
    assert open_case(case.folder).state.annotations == (ruler,)
    assert any("annotations" in change.field for change in case.history[-1].changes)
    assert verify(case.folder) == []


def test_a_changed_fact_voids_plan_and_votes_but_not_the_lesions(planned, surgeon):
    taller = dataclasses.replace(planned.state.record, patient=facts(Patient(height_cm=166.0)))
    state = dataclasses.replace(planned.state, record=taller)
    case = planned.commit(state, actor=surgeon, what="x", why="measured")
    assert voids(case) == ["", "changed since: patient"]


def test_a_changed_voxel_voids_everything(planned, surgeon):
    old = planned.state.segmentation
    labels = old.labels.copy()
    labels[5, 7, 7] = 1
    state = dataclasses.replace(
        planned.state,
        segmentation=Segmentation(grid=old.grid, labels=labels, provenance=old.provenance),
    )
    case = planned.commit(state, actor=surgeon, what="Brushed", why="edge")
    assert voids(case) == ["changed since: segmentation"] * 2


def test_a_voided_vote_can_be_cast_again_and_the_old_one_stays(planned, keys, surgeon):
    case = vote(planned, keys, MEMBERS[0])
    state = dataclasses.replace(case.state, plan=Plan(cuts=()))
    case = case.commit(state, actor=surgeon, what="x", why="y")
    case = sign(case, keys[SURGEON], name=SURGEON, meaning="plan signed")
    case = vote(case, keys, MEMBERS[0], "against", "No cut")
    assert [bool(why) for why in voids(case)] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("name", "meaning", "choice", "reason", "words"),
    [
        (MEMBERS[0], "vote", "for", " ", "a vote needs its reason"),
        (MEMBERS[0], "vote", None, "x", "only a vote, is for, against or abstain"),
        (SURGEON, "vote", "for", "x", "an author does not approve their own work"),
        (SURGEON, "plan signed", None, "", "they have signed already"),
        ("", "vote", "for", "x", "needs the name|Nobody cannot sign"),
    ],
)
def test_each_refusal_has_its_words(planned, keys, name, meaning, choice, reason, words):
    key = keys.get(name, keys[MEMBERS[0]])
    with pytest.raises(CaseError, match=words):
        sign(planned, key, name=name, meaning=meaning, vote=choice, reason=reason)
    assert len(open_case(planned.folder).history) == len(planned.history)


def test_the_order_is_kept(case, accepted, keys):
    with pytest.raises(CaseError, match=r"the surgeon has not signed \(plan signed\)"):
        vote(accepted, keys, MEMBERS[0])
    assert case.history == accepted.history[:1]


def test_the_plan_needs_accepted_lesions(case, keys):
    with pytest.raises(CaseError, match="the radiologist has not signed"):
        sign(case, keys[SURGEON], name=SURGEON, meaning="plan signed")


def test_who_changed_the_plan_does_not_vote_on_it(accepted, keys):
    planner = Actor(name=MEMBERS[0], kind="human")
    moved = dataclasses.replace(
        accepted.state, plan=Plan(cuts=(accepted.state.plan.cuts[0].shifted(1),))
    )
    case = accepted.commit(moved, actor=planner, what="Moved the cut", why="margin")
    case = sign(case, keys[SURGEON], name=SURGEON, meaning="plan signed")
    with pytest.raises(CaseError, match="an author does not approve their own work"):
        vote(case, keys, MEMBERS[0])
    vote(case, keys, MEMBERS[1])


def test_one_person_cannot_vote_under_two_names(planned, keys):
    case = vote(planned, keys, MEMBERS[0])
    with pytest.raises(CaseError, match="signed already"):
        sign(case, keys[MEMBERS[0]], name="Dr X", meaning="vote", vote="for", reason="x")
    with pytest.raises(CaseError, match="the name and the key do not belong together"):
        sign(case, keys[MEMBERS[1]], name=RADIOLOGIST, meaning="vote", vote="for", reason="x")


def test_a_signature_cannot_be_taken_out(planned, surgeon):
    state = dataclasses.replace(planned.state, signatures=())
    with pytest.raises(CaseError, match="cannot be removed"):
        planned.commit(state, actor=surgeon, what="x", why="y")


def test_a_key_that_is_not_the_trusted_one_voids(planned, keys):
    trusted = {name: public_hex(key) for name, key in keys.items()}
    assert [c.void_because for c in check_signatures(planned, trusted)] == ["", ""]
    trusted[SURGEON] = public_hex(Ed25519PrivateKey.generate())
    assert check_signatures(planned, trusted)[1].void_because == (
        f"its key is not the one known of {SURGEON}"
    )


def forge(case, change):
    """Alter the last state and make all hashes agree again, as one who may write the folder can."""
    folder, state = case.folder, json.loads(json.dumps(case.state_json))
    change(state)
    content = to_page(state)
    (folder / "states" / f"{sha256(content)}.json").write_bytes(content)
    lines = (folder / "audit.jsonl").read_bytes().splitlines(keepends=True)
    entry = parse(lines[-1], "x")
    body = {k: v for k, v in entry.items() if k != "sha256"} | {"state": sha256(content)}
    lines[-1] = to_line({**body, "sha256": sha256(to_line(body))})
    read_trail(b"".join(lines), "x")
    (folder / "audit.jsonl").write_bytes(b"".join(lines))
    return open_case(folder)


def test_a_forged_reason_is_found_although_every_hash_agrees(planned, keys):
    case = vote(planned, keys, MEMBERS[0], "against", "Too little")
    forged = forge(case, lambda s: s["signatures"][-1].update(vote="for"))
    assert [f for f in verify(case.folder) if "does not match its key" in f]
    assert voids(forged)[-1] == "it does not match its key"


def test_a_rewritten_trail_is_found_through_the_signatures_on_it(case, keys, surgeon):
    case = case.commit(case.state, actor=surgeon, what="Looked", why="")
    case = sign(case, keys[RADIOLOGIST], name=RADIOLOGIST, meaning="lesions accepted")
    lines = (case.folder / "audit.jsonl").read_bytes().splitlines(keepends=True)
    previous, rewritten = "0" * 64, []
    for line in lines:
        body = {k: v for k, v in parse(line, "x").items() if k != "sha256"}
        body["previous"] = previous
        if body["what"] == "Looked":
            body["actor"]["name"] = "Somebody else"
        previous = sha256(to_line(body))
        rewritten.append(to_line({**body, "sha256": previous}))
    (case.folder / "audit.jsonl").write_bytes(b"".join(rewritten))
    assert [f for f in verify(case.folder) if "another audit trail" in f]


def test_keys_are_kept_private_and_never_overwritten(tmp_path):
    path = tmp_path / "ada.pem"
    key = new_key(path, password="secret")  # noqa: S106 - a test's own
    assert path.stat().st_mode & 0o077 == 0
    assert public_hex(load_key(path, password="secret")) == public_hex(key)  # noqa: S106
    with pytest.raises(CaseError, match="its password is another"):
        load_key(path)
    with pytest.raises(CaseError, match="a key is never overwritten"):
        new_key(path)
    with pytest.raises(CaseError, match="cannot be read"):
        load_key(tmp_path / "none.pem")


def test_public_keys_travel(tmp_path):
    key = new_key(tmp_path / "ada.pem")
    write_public_key(tmp_path / "ada.pub", public_hex(key))
    assert read_public_key(tmp_path / "ada.pub") == public_hex(key)
    (tmp_path / "x.pub").write_text("hello")
    with pytest.raises(CaseError, match="is no public key"):
        read_public_key(tmp_path / "x.pub")


def test_two_surgeons_may_sign_and_neither_then_votes_on_the_plan(planned, keys):
    second, third = MEMBERS[0], MEMBERS[1]
    both = sign(planned, keys[second], name=second, meaning="plan signed")
    for name in (SURGEON, second):
        with pytest.raises(CaseError, match="does not approve their own work"):
            vote(both, keys, name)
    assert voids(vote(both, keys, third)) == [""] * 4


def test_a_signature_that_lacks_a_field_is_refused():
    with pytest.raises(CaseError, match="A signature in the case is damaged"):
        read_signature({"name": SURGEON})


def test_a_key_of_another_kind_is_refused(tmp_path):
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key.pem").write_bytes(
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pub").write_bytes(public)
    for read, name in ((load_key, "key.pem"), (read_public_key, "key.pub")):
        with pytest.raises(CaseError, match=f"{name} is not an Ed25519 key"):
            read(tmp_path / name)
        with pytest.raises(CaseError, match=f"absent-{name} cannot be read"):
            read(tmp_path / f"absent-{name}")


def test_a_signature_that_is_no_signature_holds_nothing():
    key = public_hex(Ed25519PrivateKey.generate())
    assert holds(key, "00" * 64, b"words") is False
    assert holds(key, "no hex", b"words") is False
    assert holds("no hex", "00" * 64, b"words") is False
