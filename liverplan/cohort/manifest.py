"""The manifest: a CSV file with one patient a line.

Columns: ``id`` (the case's folder name) and ``path`` (the CT) are needed; the others are the
options of ``liverplan assess`` and may be absent or empty. Several clicks, planes, resections,
wedges or cut vessels are separated by semicolons; paths are relative to the manifest::

    id,path,liver,lesions,lesion_labels,plane,patient
    p001,ct/p001,masks/p001_liver.nii.gz,masks/p001_lesions.nii.gz,1-3,"0,0,50,1,0,0",p001.toml
    p002,ct/p002.zip,,,,"0,0,50,1,0,0; 0,0,90,0,0,1",p002.toml
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from liverplan import __version__
from liverplan.errors import InputError
from liverplan.plain import fits_as_file_name
from liverplan.plain.sheet import read_sheet
from liverplan.workflow import DEFAULT_BACKEND, DEFAULT_PROTOCOL, Request, prompts_of
from liverplan.workflow.labels import split_labels

MOST_FAULTS = 5
UNFIT = "no name of a folder (at most 100 letters, digits, . _ -; not like CON; no dot at the end)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One line of a manifest, as it was written; paths are absolute. `request` gives it sense."""

    id: str
    path: str
    series: str = ""
    liver: str = ""
    lesions: str = ""
    accepted_by: str = ""
    lesion_labels: str = ""
    lesion: str = ""
    lesion_box: str = ""
    not_lesion: str = ""
    plane: str = ""
    resection: str = ""
    wedge: str = ""
    landmarks: str = ""
    segments: str = ""
    segment_branches: str = ""
    vessels: str = ""
    cut_vessel: str = ""
    keep_vessel: str = ""
    find_vessels: str = ""
    allow_faults: str = ""
    biopsied: str = ""
    patient: str = ""
    protocol: str = ""
    backend: str = ""
    lesion_backend: str = ""

    def request(self) -> Request:
        """Return what `liverplan.workflow.assess` is asked.

        Raises
        ------
        InputError
            If a click, a plane, a wedge, the labels or a yes are not what they should be.
        """
        liver, liver_labels = split_labels(self.liver)
        lesions, chosen = split_labels(self.lesions)
        return Request(
            series_uid=self.series or None,
            liver=liver,
            lesions=lesions,
            accepted_by=self.accepted_by,
            liver_labels=liver_labels,
            lesion_labels=_labels(self.lesion_labels, "lesion labels") or chosen,
            prompts=prompts_of(
                _points(self.lesion, "lesion", 3, 6, 12),
                _points(self.lesion_box, "lesion_box", 6),
                _points(self.not_lesion, "not_lesion", 3),
            ),
            planes=_points(self.plane, "plane", 6),
            resections=tuple(_pieces(self.resection)),
            wedges=tuple(map(_wedge, _pieces(self.wedge))),
            landmarks=Path(self.landmarks) if self.landmarks else None,
            segments=Path(self.segments) if self.segments else None,
            segment_branches=Path(self.segment_branches) if self.segment_branches else None,
            vessels=Path(self.vessels) if self.vessels else None,
            vessels_cut=_points(self.cut_vessel, "cut_vessel", 3),
            vessels_kept=tuple(map(_kept, _pieces(self.keep_vessel))),
            find_vessels=_yes(self.find_vessels, "find_vessels"),
            allow_faults=_yes(self.allow_faults, "allow_faults"),
            biopsied=_labels(self.biopsied, "biopsied metastases"),
            patient=Path(self.patient) if self.patient else None,
            protocol=self.protocol or DEFAULT_PROTOCOL,
            backend=self.backend or DEFAULT_BACKEND,
            lesion_backend=self.lesion_backend or DEFAULT_BACKEND,
        )

    def fingerprint(self) -> str:
        """Hash of the line, its files' sizes and dates, and the software's version.

        A job whose record has the same fingerprint is not done again.
        """
        masks = (str(split_labels(text)[0] or "") for text in (self.liver, self.lesions))
        files = (
            *(self.path, *masks, self.patient, self.protocol),
            *(self.landmarks, self.segments, self.segment_branches, self.vessels),
            *_pieces(self.resection),
        )
        seen = [_stamp(Path(name)) for name in files if name]
        content = json.dumps([asdict(self), seen, __version__], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


COLUMNS = tuple(field.name for field in fields(Job))
_PATHS = (
    *("path", "liver", "lesions", "landmarks", "segments", "segment_branches", "vessels"),
    "patient",
)


def read_manifest(path: Path) -> tuple[Job, ...]:
    """Read a manifest.

    What a line says is not followed here: a CT that does not exist or a plane that is none fails
    when its turn comes, and stops nobody else.

    Raises
    ------
    InputError
        One sentence: the file cannot be read, a column is unknown, an id is unfit or twice there.
    """
    sheet = read_sheet(path, "manifest")
    lines = sheet.by_column
    faults = _header_faults(sheet.header) or [*sheet.faults, *_line_faults(lines)]
    if faults:
        shown = "; ".join(faults[:MOST_FAULTS])
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise InputError(f"The manifest {path} does not serve: {shown}{more}.")
    return tuple(_job(line, path.absolute().parent) for _, line in lines)


def _job(line: dict[str, str], folder: Path) -> Job:
    values = dict(line)
    for name in _PATHS:
        if values.get(name):
            values[name] = str(folder / values[name])
    if values.get("protocol", "").endswith(".toml"):
        values["protocol"] = str(folder / values["protocol"])
    plans = (str(folder / p) if _is_plan(p) else p for p in _pieces(values.get("resection", "")))
    values["resection"] = ";".join(plans)
    return Job(**values)


def _header_faults(header: Sequence[str]) -> list[str]:
    unknown = [f"unknown column {name!r}" for name in header if name not in COLUMNS]
    lacking = [f"no column {name!r}" for name in ("id", "path") if name not in header]
    return [*unknown, *lacking]


def _line_faults(lines: Sequence[tuple[int, dict[str, str]]]) -> list[str]:
    if not lines:
        return ["it lists no patients"]
    faults = []
    for number, line in lines:
        name = line["id"]
        if not fits_as_file_name(name):
            faults.append(f"line {number} has the id {name!r}, {UNFIT}")
        if not line["path"]:
            faults.append(f"line {number} has no path")
    count = Counter(line["id"].casefold() for _, line in lines)
    return [*faults, *(f"the id {name!r} is there {n} times" for name, n in count.items() if n > 1)]


def _points(text: str, column: str, *counts: int) -> tuple[tuple[float, ...], ...]:
    found = []
    for part in _pieces(text):
        try:
            values = tuple(float(number) for number in part.split(","))
        except ValueError:
            values = ()
        if len(values) not in counts or not all(math.isfinite(value) for value in values):
            told = " or ".join(map(str, counts))
            raise InputError(f"The {column} {part!r} is not {told} numbers with commas between.")
        found.append(values)
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """Return what stands between semicolons."""
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def _is_plan(resection: str) -> bool:
    return resection.lower().endswith(".toml")


def _wedge(text: str) -> tuple[int, float]:
    label, _, margin = text.partition(":")
    try:
        return int(label), float(margin)
    except ValueError:
        raise InputError(f"The wedge {text!r} is not written like 2:10.") from None


def _kept(text: str) -> tuple[tuple[float, ...], str]:
    """Read a point in a vessel that is kept, with or without its tree."""
    point, _, tree = text.partition(":")
    values = _points(point, "keep_vessel", 3)
    if len(values) != 1 or tree not in ("", "portal", "hepatic"):
        raise InputError(f"The keep_vessel {text!r} is not written like 1,2,3 or 1,2,3:portal.")
    return values[0], tree


def _yes(text: str, column: str) -> bool:
    """Read yes or no; nothing is no."""
    if text.lower() not in ("", "yes", "no"):
        raise InputError(f"The {column} {text!r} is neither yes nor no.")
    return text.lower() == "yes"


def _labels(text: str, what: str) -> tuple[int, ...]:
    """Read 1-7 or 1,3,5 as label values; nothing for nothing."""
    labels: list[int] = []
    for part in text.split(",") if text else ():
        first, _, last = (piece.strip() for piece in part.partition("-"))
        if not first.isdecimal() or not (last or first).isdecimal() or int(last or first) > 255:
            raise InputError(f"The {what} {text!r} are not written like 1-7 or 1,3,5.")
        labels.extend(range(int(first), int(last or first) + 1))
    return tuple(dict.fromkeys(labels))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
