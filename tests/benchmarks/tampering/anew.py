"""Forgeries thought of later: by one who may write, and by one who holds a member's key too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Actor, open_case
from liverplan.case.documents import to_page
from liverplan.eligibility.files import ProtocolFile
from liverplan.workflow.cases import measure_state
from liverplan.workflow.committee import accepted_masks
from tests.benchmarks.tampering.by_writing import added, findings, line_changed
from tests.benchmarks.tampering.forger import MEMBERS, Forger

ROOT = Actor(name="root", kind="human")
OTHER = {"software": "liverplan 9.9", "measurement": "0123456789ab"}


def in_good_form(change, **actor):
    """Change the state with the program's own tools, so that all findings are true of it."""

    def forge(it: Forger) -> None:
        case = open_case(it.folder)
        state = change(case.state)
        state = replace(state, findings=measure_state(state, it.folder))
        who = Actor(**{"name": "root", "kind": "human"} | actor)
        case.commit(state, actor=who, what="Saved", why="Saved")

    return forge


def laxer_protocol(state):
    text = state.record.protocol.text
    lax = text.replace("above = 0.30", "above = 0.05")
    assert lax != text
    protocol = ProtocolFile.read(lax, name=state.record.protocol.name)
    return replace(state, record=replace(state.record, protocol=protocol))


def other_patient(state):
    headers = {"(0010,0020)": "another"}
    return replace(state, record=replace(state.record, headers=headers))


def without_metastasis(state):
    labels = state.segmentation.labels.copy()
    labels[labels == 2] = 1
    made = {1: state.segmentation.provenance[1]}
    masks = replace(state.segmentation, labels=labels, provenance=made)
    return replace(state, segmentation=masks)


def plans_smuggled_in(it: Forger) -> None:
    """Bring plans by what is chosen on screen, of which no signature speaks."""
    state = it.state()
    plane = {"point_mm": [1.0, 2.0, 3.0], "normal": [1.0, 0.0, 0.0]}
    screen = {"plan": 0, "margin_mm": 0.0, "plans": [{"name": "Better", "planes": [plane]}] * 2}
    state["documents"]["app"] = it.put(screen)
    it.add(state, kind="machine", name="liverplan")


def key_stripped(it: Forger) -> None:
    for name in ("public_key", "signature"):
        del it.lines[2][name]
    it.save()


def back_to(number):
    def forge(it: Forger) -> None:
        state = it.state(number)
        it.add(state, what="Restored")

    return forge


def one_name_twice(it: Forger) -> None:
    state = it.state()
    content = to_page(it.document("findings"))
    twice = content.replace(b'{\n "checks"', b'{\n "eligibility": "eligible",\n "checks"', 1)
    assert twice != content
    state["documents"]["findings"] = it.put(twice)
    it.add(state, lie=True)


def in_the_future(it: Forger) -> None:
    it.add(it.state(), what="Looked")
    it.lines[-1]["when"] = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    it.save()


def stamped_by_nobody(it: Forger) -> None:
    it.add(it.state(), what="Kept a time stamp")
    it.lines[-1]["stamp"] = "bm9uZQ=="
    it.save()


BY_WRITING = {
    "findings of another version say eligible": added(findings(eligibility="eligible", **OTHER)),
    "findings of no named program say eligible": added(
        findings(eligibility="eligible", software="", measurement="")
    ),
    "a laxer protocol under the known name, measured by it": in_good_form(laxer_protocol),
    "another patient's headers, all measured anew": in_good_form(other_patient),
    "a metastasis made liver, all measured anew": in_good_form(without_metastasis),
    "a program accepts the masks in a typed name": in_good_form(
        lambda s: replace(s, segmentation=accepted_masks(s.segmentation, "Dr Falk")),
        name="liverplan",
        kind="machine",
    ),
    "a program notes a biopsy": in_good_form(
        lambda s: replace(s, biopsied=frozenset({2})), name="liverplan", kind="machine"
    ),
    "plans smuggled in by what is on screen": plans_smuggled_in,
    "a signed line stripped of its key": key_stripped,
    "a line that leads back before the votes": back_to(3),
    "a line that leads back to the first state": back_to(0),
    "one name twice in the findings": one_name_twice,
    "a line dated in the future": in_the_future,
    "a time stamp that is none": stamped_by_nobody,
    "the first line given to another program": line_changed(
        0, actor={"name": "other", "kind": "machine", "role": ""}
    ),
}


def accepts_as_radiologist(it: Forger, key: Ed25519PrivateKey) -> None:
    case = open_case(it.folder)
    state = replace(case.state, segmentation=accepted_masks(case.state.segmentation, MEMBERS[0]))
    state = replace(state, findings=measure_state(state, it.folder))
    who = Actor(name=MEMBERS[0], kind="human", role="radiologist")
    case.commit(state, actor=who, what="Accepted", why="Seen", key=key)


def other_version_signed(it: Forger, key: Ed25519PrivateKey) -> None:
    state = it.state()
    findings(eligibility="eligible", **OTHER)(state, it)
    it.add(state, name=MEMBERS[0], key=key)


def after_their_time(it: Forger, key: Ed25519PrivateKey) -> None:
    """Sign a line on a day on which the roster gives the key to nobody."""
    case = open_case(it.folder)
    case.note(actor=Actor(name=MEMBERS[0], kind="human"), what="Looked", key=key)
    it.lines = Forger(it.folder).lines
    it.sign_again("2019-06-01T00:00:00+00:00", key)


def as_a_program(it: Forger, key: Ed25519PrivateKey) -> None:
    state = it.state()
    findings(eligibility="eligible")(state, it)
    it.add(state, name="liverplan", kind="machine", key=key)


def lines_of_others_signed(it: Forger, key: Ed25519PrivateKey) -> None:
    it.add(it.state(), name="Dr \u00c5sa Lind", what="Looked", key=key)


WITH_A_KEY = {
    "accepts masks as radiologist in a line of their own": accepts_as_radiologist,
    "signs findings of another version": other_version_signed,
    "signs a line before they were on the roster": after_their_time,
    "signs as a program": as_a_program,
    "signs a note as the radiologist": lines_of_others_signed,
}
