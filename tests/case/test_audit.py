"""The audit trail: who, when, what, old and new value, why."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from liverplan.case import open_case
from liverplan.case.audit import differences, read_trail, trail_faults
from liverplan.errors import CaseError
from liverplan.resection import Plan


def test_a_commit_says_who_when_what_and_why(case, state, surgeon):
    case.commit(
        dataclasses.replace(state, others={"laboratory": {"bilirubin": 12}}),
        actor=surgeon,
        what="Corrected the height",
        why="measured again",
    )
    entry = open_case(case.folder).history[-1]
    assert (entry.actor, entry.what, entry.why) == (
        surgeon,
        "Corrected the height",
        "measured again",
    )
    assert datetime.now(UTC) - datetime.fromisoformat(entry.when) < timedelta(minutes=1)
    changed = {change.field: (change.old, change.new) for change in entry.changes}
    assert changed["documents.laboratory.bilirubin"] == (11, 12)
    assert changed["documents.laboratory.albumin"] == (40.5, None)


def test_people_and_programs_are_told_apart(case, state, surgeon):
    case = case.commit(state, actor=surgeon, what="Accepted the liver")
    assert [entry.actor.kind for entry in case.history] == ["machine", "human"]


def test_a_moved_cut_is_named_with_both_places(case, state, surgeon):
    moved = dataclasses.replace(state, plan=Plan(cuts=(state.plan.cuts[0].shifted(2),)))
    entry = case.commit(moved, actor=surgeon, what="x").history[-1]
    fields = {change.field for change in entry.changes}
    assert fields == {f"plan.cuts.0.point_mm.{axis}" for axis in range(3)}


def test_true_and_one_are_told_apart():
    assert [c.field for c in differences({"a": 1, "b": 2}, {"a": True, "b": 2})] == ["a"]
    assert list(differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]})) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1, was altered: it does not follow"),
        (lambda lines: [lines[0], lines[2]], "line 2, was altered: it does not follow"),
        (
            lambda lines: [lines[0], lines[1].replace(b"second", b"2econd"), lines[2]],
            "line 2, .*its hash",
        ),
        (lambda lines: [lines[0], b" " + lines[1], lines[2]], "line 2, .*its hash"),
        (lambda lines: [lines[0], b"{}\n", lines[2]], "line 2, .*not an entry"),
        (lambda lines: [lines[0], lines[1], lines[2].rstrip(b"\n")], "line 3, .*its hash"),
        (lambda _: [], "is empty"),
    ],
)
def test_each_way_to_spoil_the_chain_is_named(case, state, surgeon, spoil, fault):
    case.commit(state, actor=surgeon, what="second").commit(state, actor=surgeon, what="third")
    path = case.folder / "audit.jsonl"
    spoiled = b"".join(spoil(path.read_bytes().splitlines(keepends=True)))
    with pytest.raises(CaseError, match=fault):
        read_trail(spoiled, "audit.jsonl")
    assert trail_faults(path.read_bytes(), "audit.jsonl") == []
