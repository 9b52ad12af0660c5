"""Forgeries of one who may write the folder and holds one member's trusted key."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.benchmarks.tampering.by_writing import accepted_by, cut_moved, findings
from tests.benchmarks.tampering.forger import MEMBERS, RADIOLOGIST, SURGEON, Forger

KeyForgery = Callable[[Forger, Ed25519PrivateKey], None]

EK, HOLM, SAND = MEMBERS


def as_if(name, meaning="vote", vote="for", **more) -> KeyForgery:
    """A signature under a name, with the key that is Ek's."""

    def forge(it: Forger, key: Ed25519PrivateKey) -> None:
        it.add_signature(it.signed(meaning, name=name, key=key, vote=vote, **more), key=key)

    return forge


def five_names(it: Forger, key: Ed25519PrivateKey) -> None:
    for name in ("Falk", "Gren", "Hall", "Ive", "Jarl"):
        as_if(name)(it, key)


def line_of(change, name) -> KeyForgery:
    """A changed state in a line that the key signs."""

    def forge(it: Forger, key: Ed25519PrivateKey) -> None:
        state = it.state()
        change(state, it)
        it.add(state, name=name, key=key)

    return forge


def without_the_last(it: Forger, key: Ed25519PrivateKey) -> None:
    state = it.state()
    state["signatures"] = state["signatures"][:-1]
    it.add(state, name=EK, key=key)


def rolled_back(count, *, orphans) -> KeyForgery:
    def forge(it: Forger, key: Ed25519PrivateKey) -> None:
        it.drop(count, orphans=orphans)
        state = it.state()
        it.add(state, name=EK, key=key)

    return forge


def copied_with_line(it: Forger, key: Ed25519PrivateKey) -> None:
    it.add_signature(it.state()["signatures"][3], key=key)


def two_at_once(it: Forger, key: Ed25519PrivateKey) -> None:
    state = it.state()
    signed = [it.signed("vote", name=name, key=key, vote="for") for name in (EK, "Falk")]
    state["signatures"] = [*state["signatures"], *signed]
    it.add(state, name=EK, key=key)


def covers_another_state(it: Forger, key: Ed25519PrivateKey) -> None:
    signed = it.signed("vote", name=EK, key=key, vote="for")
    state = it.state()
    cut_moved(state, it)
    it.add(state, name="root")
    it.add_signature(signed, key=key)


FORGERIES: dict[str, KeyForgery] = {
    "votes under five names": five_names,
    "votes as another member": as_if(HOLM),
    "votes against as another member": as_if(SAND, vote="against"),
    "votes as somebody new": as_if("Falk"),
    "votes in a spelling of another member": as_if("HOLM\u200b"),
    "votes as the author": as_if("root"),
    "signs the plan as surgeon under their name": as_if(EK, "plan signed", None),
    "accepts the masks under their name": as_if(EK, "lesions accepted", None),
    "signs the plan as the surgeon": as_if(SURGEON, "plan signed", None),
    "accepts the masks as the radiologist": as_if(RADIOLOGIST, "lesions accepted", None),
    "votes anew without a reason": as_if(EK, reason=" "),
    "votes anew in another role": as_if(EK, role="surgeon"),
    "votes anew, dated a year back": as_if(EK, when="2025-01-01T00:00:00+00:00"),
    "takes the vote against away in a signed line": without_the_last,
    "writes eligible in a signed line": line_of(findings(eligibility="eligible"), EK),
    "accepts masks in another's name": line_of(accepted_by("Falk"), EK),
    "moves a cut in a line of the surgeon": line_of(cut_moved, SURGEON),
    "moves a cut and keeps the findings": line_of(cut_moved, EK),
    "rolls one vote back and signs": rolled_back(1, orphans=False),
    "rolls two votes back and signs, states left": rolled_back(2, orphans=True),
    "copies another's vote into a signed line": copied_with_line,
    "brings two votes in one line": two_at_once,
    "votes on one state, puts it on another": covers_another_state,
}
