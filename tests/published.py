"""The published schemas, and a check of every document that a test lets the program write."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import jsonschema
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from liverplan.case import store
from liverplan.case.documents import to_line
from liverplan.case.objects import OBJECTS
from liverplan.cohort import records

FOLDER = Path(__file__).parents[1] / "liverplan" / "schemas"

FORMATS = FormatChecker(())
FORMATS.checks("date", ValueError)(lambda text: bool(date.fromisoformat(text)))
FORMATS.checks("date-time", ValueError)(lambda text: bool(datetime.fromisoformat(text).tzinfo))

WHOLE = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
"""The standard takes 1.0 for a whole number; Python would go on with a float."""

Validator = extend(Draft202012Validator, type_checker=WHOLE)


def validator(name):
    """A validator of one published schema, e.g. "state-3"."""
    schema = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Validator(schema, format_checker=FORMATS)


VALIDATORS = {path.stem: validator(path.stem) for path in sorted(FOLDER.glob("*.json"))}
DOCUMENTS = {name[5:]: known for name, known in VALIDATORS.items() if name.startswith("case-")}
DOCUMENTS = {name: known for name, known in DOCUMENTS.items() if not name[0].isdigit()} | {
    "findings": VALIDATORS["result-1"]
}

AS_TEXT = ("patient", "protocol")
"""Kept as the file's text; what else an older case has there is kept as it is, known to nobody."""


def require(known, document):
    """Refuse what a schema does not describe; the test that wrote it fails."""
    try:
        known.validate(document)
    except jsonschema.ValidationError as error:
        raise AssertionError(f"it is not as published: {error.json_path} {error.message}") from None


def watch(patch: pytest.MonkeyPatch):
    """Hold every state, document, line and record that is written to its schema."""
    put_state, new_entry, keep = store.put_state, store.new_entry, records.keep
    seen = set()

    def state(folder, document):
        require(VALIDATORS["state-3"], document)
        for name, file in document["documents"].items():
            if name in DOCUMENTS and file not in seen:
                seen.add(file)
                text = json.loads((folder / OBJECTS / file).read_bytes())
                if name not in AS_TEXT or "toml" in text:
                    require(DOCUMENTS[name], text)
        return put_state(folder, document)

    def entry(*arguments, **named):
        made = new_entry(*arguments, **named)
        require(VALIDATORS["audit-entry"], json.loads(to_line(made.to_json())))
        return made

    def kept(*arguments, **named):
        made = keep(*arguments, **named)
        require(VALIDATORS["cohort-record"], json.loads(json.dumps(asdict(made))))
        return made

    patch.setattr(store, "put_state", state)
    patch.setattr(store, "new_entry", entry)
    patch.setattr(records, "keep", kept)
