"""Forgeries of one who may write the folder and holds no key: each a name and what it does."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.benchmarks.tampering.forger import MEMBERS, RADIOLOGIST, SURGEON, Forger

Forgery = Callable[[Forger], None]


def signatures_changed(change) -> Forgery:
    def forge(it: Forger) -> None:
        state = it.state()
        state["signatures"] = change(state["signatures"])
        it.add(state)

    return forge


def last_state_changed(change) -> Forgery:
    """Rewrite the last line's own state, and the line with it."""

    def forge(it: Forger) -> None:
        state = it.state()
        change(state, it)
        (it.folder / "states" / f"{it.lines[-1]['state']}.json").unlink()
        it.lines[-1]["state"] = it.keep(state)
        it.save()

    return forge


def added(change, **line) -> Forgery:
    """Add a line with a changed state."""

    def forge(it: Forger) -> None:
        state = it.state()
        change(state, it)
        it.add(state, **line)

    return forge


def findings(**values):
    def change(state, it):
        state["documents"]["findings"] = it.put(it.document("findings") | values)

    return change


def accepted_by(name):
    def change(state, _it):
        for made in state["segmentation"]["provenance"].values():
            made["accepted_by"] = name

    return change


def cut_moved(state, _it):
    state["plan"]["cuts"][0]["point_mm"][0] += 9.0


def no_change(_state, _it):
    pass


def line_changed(number, **values) -> Forgery:
    def forge(it: Forger) -> None:
        it.lines[number] |= values
        it.save()

    return forge


def renamed(number, name) -> Forgery:
    def forge(it: Forger) -> None:
        it.lines[number]["actor"]["name"] = name
        it.save()

    return forge


def dropped(count, *, orphans) -> Forgery:
    return lambda it: it.drop(count, orphans=orphans)


def line_cut_out(number) -> Forgery:
    def forge(it: Forger) -> None:
        del it.lines[number]
        it.save()

    return forge


def swapped(it: Forger) -> None:
    it.lines[-1], it.lines[-2] = it.lines[-2], it.lines[-1]
    it.save()


def invented(name, meaning, vote=None, **more) -> Forgery:
    """A signature with a key made for it, in a line that it signs."""

    def forge(it: Forger) -> None:
        key = Ed25519PrivateKey.generate()
        it.add_signature(it.signed(meaning, name=name, key=key, vote=vote, **more), key=key)

    return forge


def unsigned_line(name) -> Forgery:
    def forge(it: Forger) -> None:
        key = Ed25519PrivateKey.generate()
        it.add_signature(it.signed("vote", name=name, key=key, vote="for"))

    return forge


def older_schema(it: Forger) -> None:
    state = it.state()
    state["schema"] = "liverplan.state/2"
    for made in state["segmentation"]["provenance"].values():
        made["quality"] = "expert"
    it.add(state, lie=True)


def vote_turned(signatures):
    return [*signatures[:-1], signatures[-1] | {"vote": "for"}]


EK, HOLM, SAND = MEMBERS
FORGERIES: dict[str, Forgery] = {
    "a genuine vote copied once": signatures_changed(lambda s: [*s, s[2]]),
    "a genuine vote copied three times": signatures_changed(lambda s: [*s, s[2], s[2], s[2]]),
    "the vote against removed": signatures_changed(lambda s: s[:-1]),
    "all votes removed": signatures_changed(lambda s: s[:2]),
    "all signatures removed": signatures_changed(lambda _s: []),
    "the votes put in another order": signatures_changed(lambda s: [*s[:2], s[4], s[2], s[3]]),
    "the vote against turned": signatures_changed(vote_turned),
    "the vote against turned in its own state": last_state_changed(
        lambda s, _it: s.update(signatures=vote_turned(s["signatures"]))
    ),
    "a vote's reason changed": signatures_changed(
        lambda s: [*s[:-1], s[-1] | {"reason": "Agrees"}]
    ),
    "a vote's name changed": signatures_changed(lambda s: [*s[:-1], s[-1] | {"name": "Falk"}]),
    "findings say eligible": added(findings(eligibility="eligible")),
    "findings say eligible in the last state": last_state_changed(findings(eligibility="eligible")),
    "findings lose their reasons": added(findings(reasons=[])),
    "findings lose their metastases": added(findings(lesions=[])),
    "findings lose their notes": added(findings(notes=["none"])),
    "findings of no plan": added(findings(cuts=[])),
    "findings of another schema": added(findings(schema="liverplan.result/9")),
    "a cut moved, findings kept": added(cut_moved, kind="machine", name="liverplan"),
    "a cut moved and not listed": added(cut_moved, kind="machine", name="liverplan", lie=True),
    "a cut moved in the last state": last_state_changed(cut_moved),
    "masks accepted by a typed name": added(accepted_by("Dr Falk"), name="Dr Falk"),
    "masks accepted by nobody on the roster": added(accepted_by("Falk"), name="root"),
    "the last line dropped, its state left": dropped(1, orphans=True),
    "three lines dropped, their states left": dropped(3, orphans=True),
    "the last line and its state dropped": dropped(1, orphans=False),
    "three lines and their states dropped": dropped(3, orphans=False),
    "everything but the first line dropped": lambda it: it.drop(len(it.lines) - 1, orphans=False),
    "a vote's line cut out": line_cut_out(-2),
    "the surgeon's line cut out": line_cut_out(4),
    "the last two lines swapped": swapped,
    "the chain rewritten with another date": line_changed(0, when="2020-01-01T00:00:00+00:00"),
    "a vote's line dated otherwise": line_changed(-1, when="2020-01-01T00:00:00+00:00"),
    "the chain rewritten with another author": renamed(1, "Dr Falk"),
    "the author named as a program": line_changed(
        1, actor={"name": "liverplan", "kind": "machine", "role": ""}
    ),
    "the acceptance put in another's line": renamed(2, "Dr Falk"),
    "what was done reworded": line_changed(2, what="Looked at"),
    "changes of a line emptied": line_changed(1, changes=[]),
    "an invented fourth vote": invented("Falk", "vote", "for"),
    "an invented vote in an unsigned line": unsigned_line("Falk"),
    "a member votes with an invented key": invented(SAND, "vote", "for"),
    "a member in another spelling": invented(" sand\u200b", "vote", "for"),
    "a member in full width": invented("\uff33\uff41\uff4e\uff44", "vote", "for"),
    "the author votes as Root": invented("Root", "vote", "for"),
    "the radiologist in decomposed letters votes": invented("DR A\u030aSA LIND", "vote", "for"),
    "the surgeon votes": invented(SURGEON, "vote", "for"),
    "a vote without a reason": invented("Falk", "vote", "for", reason=""),
    "a vote neither for nor against": invented("Falk", "vote"),
    "a vote as surgeon": invented("Falk", "vote", "for", role="surgeon"),
    "a vote dated a year back": invented("Falk", "vote", "for", when="2025-01-01T00:00:00+00:00"),
    "the plan signed a second time": invented(SURGEON, "plan signed"),
    "the masks accepted a second time": invented(RADIOLOGIST, "lesions accepted"),
    "a state of an older schema added": older_schema,
}
