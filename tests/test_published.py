"""The published schemas say what is read: no less, no more."""

import json
import random
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liverplan.case import Member, note, open_case, public_hex, write_roster
from liverplan.case.documents import to_line
from scripts.schemas import FOLDER, files, shapes
from tests.benchmarks.mutations import mutated
from tests.benchmarks.tampering.forger import PEOPLE, decided
from tests.published import AS_TEXT, NO_DOCUMENTS, VALIDATORS, require_published

HERE = Path(__file__).parent / "case"
ROOT = FOLDER.parents[1]
MUTATIONS = 60


def documents_of(folder):
    """Every document of a case, by the name of its schema."""
    case = open_case(folder)
    yield "case-1", json.loads((folder / "case.json").read_bytes())
    yield "state-3", case.state_json
    for entry in case.history:
        yield "audit-entry", json.loads(to_line(entry.to_json()))
    for signature in case.state_json["signatures"]:
        yield "signature", signature
    published = {"findings": "result-1", "headers": "headers-1"}
    for name in case.state_json["documents"]:
        document = case.document(name)
        if name not in AS_TEXT or "toml" in document:
            yield published.get(name, f"case-{name}"), document


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Documents of a decided case, of older cases as they are read today, and a roster."""
    folder = tmp_path_factory.mktemp("documents")
    keys = {name: Ed25519PrivateKey.generate() for name in PEOPLE}
    decided(folder / "decided", keys)
    found = []
    for path in sorted([*HERE.glob("case_*.zip"), *HERE.glob("older/*.zip")]):
        with zipfile.ZipFile(path) as stored:
            stored.extractall(folder / path.stem)
    for identity in sorted(folder.rglob("case.json")):
        found += documents_of(identity.parent)
    key = Ed25519PrivateKey.generate()
    member = Member(name="Ek", role="surgeon", public_key=public_hex(key), since="2026-01-01")
    write_roster(folder / "roster.json", [member], key)
    register = note(folder / "register.jsonl", [open_case(folder / "decided")])
    found.append(("register-line", asdict(register.lines[0])))
    return [*found, ("roster-1", json.loads((folder / "roster.json").read_bytes()))]


def test_the_files_are_what_is_read():
    assert {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == dict(files())


def test_every_document_is_as_published(made):
    assert len(made) > 60
    for name, document in made:
        if name in VALIDATORS:
            faults = [error.message for error in VALIDATORS[name].iter_errors(document)]
            assert not faults, f"{name}: {faults[0]}"


def test_reading_and_the_published_schema_refuse_the_same(made):
    shape_of = {name.replace("/", "-"): shape for name, (_, shape) in shapes().items()}
    kept = {name: document for name, document in made if name in shape_of}
    assert len(kept) >= 12
    outcomes = []
    for name, document in sorted(kept.items()):
        for number in range(MUTATIONS):
            rng = random.Random(f"{name} {number}")  # noqa: S311 - repeatable
            changed, how = mutated(document, rng)
            fault = shape_of[name].fault(changed, name)
            valid = VALIDATORS[name].is_valid(changed)
            assert valid == (not fault), f"{name}, {how} ({number}): {fault!r}"
            assert "\n" not in fault
            assert len(fault) < 400
            outcomes.append(valid)
    assert 0.2 < sum(outcomes) / len(outcomes) < 0.8


def test_a_document_that_no_schema_describes_is_refused_where_it_is_written():
    for document in ({"schema": "liverplan.novel/1"}, {"new": 1}, [{"new": 1}], [1]):
        with pytest.raises(AssertionError, match="liverplan\\.there writes a document without"):
            require_published(document, "liverplan.there")
    with pytest.raises(AssertionError, match="not as published"):
        require_published({"schema": "liverplan.doctor/1", "checks": 7}, "liverplan.there")


def test_every_module_that_is_let_write_what_is_no_document_does_write_json():
    writers = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "liverplan").rglob("*.py")
        if "json.dumps(" in path.read_text("utf-8")
    }
    assert set(NO_DOCUMENTS) < writers
