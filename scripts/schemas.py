"""The shapes of the documents that liverplan writes, as JSON Schema: ``python -m scripts.schemas``.

The same shapes check the documents when they are read; a test holds the files to them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from liverplan.case.audit import ENTRY
from liverplan.case.document_shapes import DOCUMENTS
from liverplan.case.objects import IDENTITY_SHAPE
from liverplan.case.register import NOTED
from liverplan.case.roster import ROSTER
from liverplan.case.shape import PLAN, STATE
from liverplan.case.signature import SIGNATURE
from liverplan.cohort.records import RECORD
from liverplan.dicom.headers import HEADERS
from liverplan.shape import Defined, Items, Shape, published
from scripts.written import (
    DOCTOR,
    ENDPOINTS,
    FOUND,
    GROWTH,
    RECENTS,
    SEGMENTATION,
    SERIES,
    SUGGESTION,
    TRUE,
)

FOLDER = Path(__file__).parents[1] / "liverplan" / "schemas"

_TITLES: Mapping[str, str] = {
    "series": "which CT was measured",
    "notes": "what the reader must be told of the CT and the masks",
    "protocol": "the protocol, as the file that it was given in",
    "patient": "the patient's facts, as the file that they were given in",
    "landmarks": "clicked points that the segments come from",
    "segment_branches": "points in the portal branches that the segments come from",
    "vessel_segments": "how sure the segments are that follow from the vessels alone",
    "vessels": "clicks from which each vessel tree was followed",
    "visits": "confirmed visits up to this CT",
    "plans": "all plans that were made",
    "annotations": "what was measured and written on the slices",
    "key_images": "pictures that a person kept, each beside it as a PNG",
    "app": "what is chosen on screen",
}


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in files():
        (FOLDER / name).write_text(content, "utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")


def files() -> Iterator[tuple[str, str]]:
    """Yield each file's name and content."""
    for name, (title, shape) in shapes().items():
        schema = published(shape, name=f"liverplan.{name}", title=title)
        yield f"{name.replace('/', '-')}.json", json.dumps(schema, indent=1) + "\n"


def shapes() -> dict[str, tuple[str, Shape]]:
    """Return each document's title and shape, by its name."""
    signatures = Items(of=Defined("signature", lambda: SIGNATURE))
    state = replace(STATE, needs={**STATE.needs, "signatures": signatures})
    return {
        "case/1": ("A case's identity: case.json", IDENTITY_SHAPE),
        "audit-entry": ("One line of a case's trail: audit.jsonl", ENTRY),
        "state/3": ("A state of a case: states/HASH.json", state),
        "signature": ("A signature of a state", SIGNATURE),
        "roster/1": ("Who may sign, with which key", ROSTER),
        "register-line": ("One line of the register beside many cases", NOTED),
        "result/1": ("What was found for one plan on one CT", DOCUMENTS["findings"]),
        "headers/1": ("What exporting needs of a CT's DICOM headers", HEADERS),
        "cohort-record": ("What became of one patient of a cohort: records/ID.json", RECORD),
        "plan/1": ("A plan of cuts", PLAN),
        "series-list": ("Every series at a path: series --json", SERIES),
        "found-series": ("What an archive holds: pacs find --json", FOUND),
        "segmentation/1": ("Labels that were written: segment --json", SEGMENTATION),
        "suggestion/1": ("Plans that leave the most: suggest --json", SUGGESTION),
        "growth/1": ("Two remnants compared: growth --json", GROWTH),
        "doctor/1": ("What works here: doctor --json", DOCTOR),
        "truth/1": ("What the sample CT is made of: truth.json", TRUE),
        "endpoints/1": ("The trial's endpoints: endpoints.json", ENDPOINTS),
        "recent-cases": ("What was open lately in the application", RECENTS),
        **{f"case-{n}": (f"In a case: {title}", DOCUMENTS[n]) for n, title in _TITLES.items()},
    }


if __name__ == "__main__":
    main()
