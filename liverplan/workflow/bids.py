"""A case in a folder laid out as BIDS lays out its own: CT, masks and result by subject.

BIDS (https://bids-specification.readthedocs.io) has no CT yet: the names are made as those of its
derivatives are, and the folder of the images is called ``ct``. Nothing of the CT's headers goes in:
who a subject is, stays with whoever names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from liverplan import NOTICE, __version__, case
from liverplan.anatomy import LIVER, lesion_name
from liverplan.case import Case
from liverplan.case.voxels import to_nifti
from liverplan.errors import CaseError, InputError
from liverplan.segmentation import Segmentation, write_mask_file
from liverplan.words import in_english
from liverplan.workflow.remeasuring import measured_again

LABEL = re.compile(r"[0-9A-Za-z]+")
VERSION = "1.10.0"
OWN = Path("derivatives") / "liverplan"
KEPT = (
    "volumes_ml", "remnant_fraction", "interval_95", "interval_95_as_drawn",
    "probability_above_threshold", "threshold_fraction", "margin_mm", "lesions", "eligibility",
    "planes", "protocol", "software",
)  # fmt: skip
"""Parts of a result that name no person, no day and no series."""
ABOUT = "dataset_description.json"


def write_bids(folder: Path, root: Path, *, subject: str, session: str = "") -> list[Path]:
    """Write a case's CT, masks and result into a data set, beside those of other subjects.

    Parameters
    ----------
    folder, root : Path
        The case, and the data set's top folder.
    subject, session : str
        Labels of letters and digits: ``sub-SUBJECT``, ``ses-SESSION``.

    Raises
    ------
    InputError
        If a label is none, the subject is there already, or the folder cannot be written.
    CaseError
        If the case was not measured yet.
    """
    stem, place = _named(subject, session)
    if (root / place).exists() or (root / OWN / place).exists():
        raise InputError(f"{root / place} is there already; name another subject or session.")
    opened = case.open_case(folder)
    ct, masks = opened.state.volume, opened.state.segmentation
    if ct is None or masks is None:
        raise CaseError(f"The case {folder} holds no masks yet, so there is nothing to write.")
    raw, own = root / place / "ct", root / OWN / place / "ct"
    texts = {
        root / ABOUT: _page(_described("raw")),
        root / OWN / ABOUT: _page(_described("derivative")),
        raw / f"{stem}_ct.json": _page({"Modality": "CT", "Units": "HU"}),
        own / f"{stem}_desc-liver_dseg.json": _page({"Notice": NOTICE}),
        own / f"{stem}_desc-liver_dseg.tsv": "\n".join(_labels(masks)) + "\n",
        own / f"{stem}_desc-plan_result.json": _page(_result(opened)),
    }
    image, labels = raw / f"{stem}_ct.nii.gz", own / f"{stem}_desc-liver_dseg.nii.gz"
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        image.write_bytes(to_nifti(ct.grid, ct.hu))
    except OSError as error:
        raise InputError(f"{root} cannot be written: {error.strerror}.") from error
    write_mask_file(labels, masks)
    return sorted([*texts, image, labels])


def _result(opened: Case) -> Mapping[str, object]:
    """Return the result without what may say whose it is."""
    found = measured_again(opened).to_json(in_english)
    return {"Notice": NOTICE, **{key: found[key] for key in KEPT if key in found}}


def _named(subject: str, session: str) -> tuple[str, Path]:
    """Return how a subject's files begin, and their folder within the data set."""
    parts = [("sub", subject), *([("ses", session)] if session else [])]
    for key, label in parts:
        if not LABEL.fullmatch(label):
            raise InputError(f"{label!r} is no label for {key}-: letters and digits only.")
    names = [f"{key}-{label}" for key, label in parts]
    return "_".join(names), Path(*names)


def _described(kind: str) -> Mapping[str, object]:
    made = {"GeneratedBy": [{"Name": "liverplan", "Version": __version__, "Description": NOTICE}]}
    about = {"Name": "liverplan", "BIDSVersion": VERSION, "DatasetType": kind}
    return about if kind == "raw" else {**about, **made}


def _labels(masks: Segmentation) -> Iterator[str]:
    yield "index\tname"
    yield f"1\t{LIVER.name}"
    yield from (f"{label}\t{lesion_name(label)}" for label in masks.lesion_labels)


def _page(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
