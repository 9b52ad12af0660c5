"""The published schemas, and a check of every document that a test lets the program write."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import jsonschema
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from liverplan.case import register, roster, store
from liverplan.case.documents import to_line
from liverplan.case.objects import OBJECTS

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


NO_DOCUMENTS = {
    "liverplan.cohort.analysis.write": "what the printed analysis is drawn from, gone with it",
    "liverplan.cohort.manifest": "text of which a job's fingerprint is the hash",
    "liverplan.dicom.codec_process": "a line to the child that decodes, read by the same version",
    "liverplan.eligibility.patient_toml": "a text of a TOML file",
    "liverplan.report.gltf": "glTF, which has a schema of its own",
    "liverplan.report.pdf": "what the printed report is drawn from, gone with it",
    "liverplan.workflow.bids": "files of BIDS, named and described by its own standard",
    "liverplan.segmentation.files.origins": "a field within a mask file's header",
}
"""Modules that write JSON which is no document of liverplan's, and what it is instead."""

BY_CASE = "liverplan.case.documents"
"""Serves the case's writers, which are held each by itself, and hashes of parts of documents."""

LISTS = {"files": "series-list", "series_uid": "found-series", "closed": "recent-cases"}
"""Lists have no name of their own: a field of theirs that no other has."""


def schema_of(document):
    """The name of the schema that a document names, or of the list that it is; "" for none."""
    match document:
        case {"schema": str(name)}:
            return name.removeprefix("liverplan.").replace("/", "-")
        case {"fingerprint": str()}:
            return "cohort-record"
        case [dict() as first, *_]:
            return next((name for field, name in LISTS.items() if field in first), "")
        case _:
            return ""


def require_published(document, writer):
    """Refuse a document that a module writes though no schema describes it, or not so."""
    name = schema_of(document)
    if name not in VALIDATORS:
        raise AssertionError(f"{writer} writes a document without a schema: {document!r:.200}")
    require(VALIDATORS[name], json.loads(DUMPS(document)))


DUMPS = json.dumps


def watch(patch: pytest.MonkeyPatch):
    """Hold every document, state, line and record that is written to its schema."""
    _watch_cases(patch)
    _watch_beside_cases(patch)

    def dumps(document, **options):
        writer = sys._getframe(1).f_globals["__name__"]
        ours = writer.startswith("liverplan.") and writer != BY_CASE
        if ours and writer not in NO_DOCUMENTS and document != []:
            require_published(document, writer)
        return DUMPS(document, **options)

    patch.setattr(json, "dumps", dumps)


def _watch_beside_cases(patch):
    """Hold a case's identity, the register's lines and the roster to their schemas."""
    append, first, written = register._append, store.write_whole, roster.write_whole

    def appended(path, content):
        for line in content.splitlines():
            require(VALIDATORS["register-line"], json.loads(line))
        return append(path, content)

    def identity(path, content):
        require(VALIDATORS["case-1"], json.loads(content))
        return first(path, content)

    def people(path, content):
        require(VALIDATORS["roster-1"], json.loads(content))
        return written(path, content)

    patch.setattr(register, "_append", appended)
    patch.setattr(store, "write_whole", identity)
    patch.setattr(roster, "write_whole", people)


def _watch_cases(patch):
    """Hold states, their documents and the trail's lines to their schemas."""
    put_state, new_entry = store.put_state, store.new_entry
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

    patch.setattr(store, "put_state", state)
    patch.setattr(store, "new_entry", entry)
