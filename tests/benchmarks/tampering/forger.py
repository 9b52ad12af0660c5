"""A decided case, and the tools of one who may write its folder: every hash is mended."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Actor, Case, CaseState, Member, Record, Roster, create_case, sign
from liverplan.case.audit import NO_HASH
from liverplan.case.documents import parse, sha256, to_line, to_page
from liverplan.case.keys import public_hex
from liverplan.case.signature import ROLES, covered
from liverplan.case.store import changes_to
from liverplan.eligibility import Patient
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume
from liverplan.workflow.cases import measure_state
from liverplan.workflow.committee import accepted_masks

RADIOLOGIST, SURGEON, MEMBERS = "Dr Åsa Lind", "Dr Per Dahl", ("Ek", "Holm", "Sand")
PATIENT = Patient(height_cm=170.0, weight_kg=70.0)
PEOPLE = {RADIOLOGIST: "radiologist", SURGEON: "surgeon"} | dict.fromkeys(MEMBERS, ROLES["vote"])


def planned() -> CaseState:
    """A small liver with one metastasis and one cut, measured."""
    affine = np.array([[0, 0, 3.0, 0], [0, 3.0, 0, 0], [4.0, 0, 0, 0], [0, 0, 0, 1.0]])
    grid = Grid(shape=(20, 24, 28), affine=affine, frame_uid="1.2.3")
    labels = np.zeros(grid.shape, np.uint8)
    labels[2:18, 3:21, 3:25] = 1
    labels[6:9, 8:11, 6:9] = 2
    made = Provenance(method="threshold", version="1", origin="automatic")
    protocol = ProtocolFile.shipped("breclim2")
    series = SeriesSummary(uid="1.2.4", shape=grid.shape, spacing_mm=grid.spacing_mm)
    state = CaseState(
        volume=Volume(grid=grid, hu=np.where(labels > 0, 100, -50).astype(np.int16)),
        segmentation=Segmentation(grid=grid, labels=labels, provenance={1: made, 2: made}),
        plan=Plan(cuts=(Plane(point_mm=(42.0, 36.0, 40.0), normal=(1.0, 0.0, 0.0)),)),
        record=Record(
            series=series,
            protocol=protocol,
            patient=PatientFile.entered(
                Patient(height_cm=170.0, weight_kg=70.0), protocol.protocol
            ),
        ),
    )
    return replace(state, findings=measure_state(state, Path("case")))


def decided(folder: Path, keys: dict[str, Ed25519PrivateKey]) -> Case:
    """The same, accepted, signed and voted on: two for, one against."""
    state = planned()
    first = replace(state, segmentation=state.segmentation, plan=Plan(cuts=()), findings=None)
    machine = Actor(name="liverplan", kind="machine")
    case = create_case(folder, state=first, actor=machine, what="Segmented")
    account = Actor(name="root", kind="human")
    case = case.commit(state, actor=account, what="Planned", why="Margin")
    masks = replace(state, segmentation=accepted_masks(state.segmentation, RADIOLOGIST))
    masks = replace(masks, findings=measure_state(masks, folder))
    doctor = Actor(name=RADIOLOGIST, kind="human", role="radiologist")
    case = case.commit(masks, actor=doctor, what="Accepted", key=keys[RADIOLOGIST])
    case = sign(case, keys[RADIOLOGIST], name=RADIOLOGIST, meaning="lesions accepted")
    case = sign(case, keys[SURGEON], name=SURGEON, meaning="plan signed")
    for name, ballot in zip(MEMBERS, ("for", "for", "against"), strict=True):
        case = sign(case, keys[name], name=name, meaning="vote", vote=ballot, reason="Margin")
    return case


def roster_of(keys: dict[str, Ed25519PrivateKey]) -> Roster:
    """Everybody's key, as one who keeps the roster knows it."""
    members = tuple(
        Member(name=name, role=role, public_key=public_hex(keys[name]), since="2020-01-01")
        for name, role in PEOPLE.items()
    )
    return Roster(members=members, public_key="")


class Forger:
    """One who may write the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        trail = (folder / "audit.jsonl").read_bytes().splitlines()
        self.lines = [parse(line, "line") for line in trail]
        self.fake = Ed25519PrivateKey.generate()

    def state(self, number: int = -1):
        """A copy of the state's document to which a line led."""
        name = self.lines[number]["state"]
        return parse((self.folder / "states" / f"{name}.json").read_bytes(), name)

    def document(self, name: str):
        """A copy of one document of the last state."""
        return parse((self.folder / "objects" / self.state()["documents"][name]).read_bytes(), name)

    def put(self, document, ending: str = ".json") -> str:
        """Keep an object under its hash."""
        content = document if isinstance(document, bytes) else to_page(document)
        (self.folder / "objects" / (sha256(content) + ending)).write_bytes(content)
        return sha256(content) + ending

    def save(self) -> None:
        """Write the lines, each with its right number and hash."""
        previous = NO_HASH
        for number, line in enumerate(self.lines, 1):
            body = {k: v for k, v in line.items() if k != "sha256"}
            body |= {"number": number, "previous": previous}
            self.lines[number - 1] = {**body, "sha256": sha256(to_line(body))}
            previous = self.lines[number - 1]["sha256"]
        (self.folder / "audit.jsonl").write_bytes(b"".join(map(to_line, self.lines)))

    def keep(self, state) -> str:
        """Keep a state's document under its hash."""
        content = to_page(state)
        (self.folder / "states" / f"{sha256(content)}.json").write_bytes(content)
        return sha256(content)

    def add(self, state, *, name="root", kind="human", what="Saved", key=None, lie=False) -> None:
        """Add a line that leads to a state, with the changes that it makes unless it shall lie."""
        name_of = self.keep(state)
        before = Case(self.folder, tuple(self._entries()), None)
        changes = [] if lie else [vars_of(change) for change in changes_to(before, state)]
        body = {
            "actor": {"name": name, "kind": kind, "role": ""},
            "changes": changes,
            "number": len(self.lines) + 1,
            "previous": self.lines[-1]["sha256"],
            "software": self.lines[-1]["software"],
            "state": name_of,
            "what": what,
            "when": datetime.now(UTC).isoformat(timespec="microseconds"),
            "why": "",
        }
        if key is not None:
            body["public_key"] = public_hex(key)
            body["signature"] = key.sign(to_line(body)).hex()
        self.lines.append({**body, "sha256": sha256(to_line(body))})
        self.save()

    def sign_again(self, when: str, key: Ed25519PrivateKey) -> None:
        """Date the last line otherwise, and sign it anew with its key."""
        body = {k: v for k, v in self.lines[-1].items() if k not in ("sha256", "signature")}
        body["when"] = when
        self.lines[-1] = {**body, "signature": key.sign(to_line(body)).hex()}
        self.save()

    def drop(self, count: int, *, orphans: bool) -> None:
        """Take the last lines away, with their states or without."""
        gone, self.lines = self.lines[-count:], self.lines[:-count]
        self.save()
        named = {line["state"] for line in self.lines}
        for state in {line["state"] for line in gone} - named if not orphans else ():
            (self.folder / "states" / f"{state}.json").unlink()

    def signed(self, meaning, *, name, key, vote=None, role=None, when=None, reason="Margin"):
        """A signature on the last state, genuine in every byte."""
        unsigned = {
            "name": name,
            "role": role or ROLES[meaning],
            "meaning": meaning,
            "vote": vote,
            "reason": reason,
            "when": when or datetime.now(UTC).isoformat(timespec="seconds"),
            "software": "liverplan 0.4.0",
            "covers": covered(self.state(), meaning),
            "trail": self.lines[-1]["sha256"],
            "public_key": public_hex(key),
        }
        return {**unsigned, "signature": key.sign(to_line(unsigned)).hex()}

    def add_signature(self, signature, *, key=None, actor=None) -> None:
        """Add a line that brings a signature."""
        state = self.state()
        state["signatures"] = [*state["signatures"], signature]
        self.add(state, name=actor or signature["name"], what="Signed", key=key)

    def _entries(self):
        from liverplan.case.audit import read_trail

        return read_trail((self.folder / "audit.jsonl").read_bytes(), "trail")


def vars_of(change):
    """A change as a line of the trail writes it."""
    return {
        "field": change.field,
        "old": copy.deepcopy(change.old),
        "new": copy.deepcopy(change.new),
    }


def copied(case: Path, to: Path) -> Forger:
    """A forger at a fresh copy of a case."""
    shutil.copytree(case, to)
    return Forger(to)
