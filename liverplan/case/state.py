"""What a case holds at one moment, and how that is written down.

A state is a small JSON document that names its files by their SHA-256: the CT, the label map and
the maps of the liver's parts (NIfTI), and further documents (patient, findings, headers, ...;
JSON). The plan and grids stand in the state itself, as numbers that read back to the same bits.
In memory all of it is typed: see `liverplan.case.record` and `liverplan.case.contents`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from liverplan.case.contents import Contents, Get, Screen, read, written
from liverplan.case.documents import Json, plain, sha256, to_line, to_page
from liverplan.case.migrate import STATE_SCHEMA, VERSION, migrated, require_known
from liverplan.case.record import Record
from liverplan.case.shape import OBJECT, require_shape
from liverplan.case.voxels import from_nifti, to_nifti
from liverplan.errors import CaseError, LiverplanError
from liverplan.findings import Annotation, Findings
from liverplan.findings.key_images import KeyImage
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Provenance, Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import Grid, Volume

OWN_PARTS = frozenset({"ct", "segmentation", "plan", "planes", "maps", "biopsied"})
"""Names that no document may have: signatures name the state's parts and documents alike."""

_MISREAD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, LiverplanError)
"""What reading a document that was never written by us may raise."""

Put = Callable[[bytes, str], str]
"""Store bytes under their hash with an ending (".json"); returns the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseState:
    """Everything known of one patient's liver at one moment.

    Parameters
    ----------
    volume : Volume or None
        The CT.
    segmentation : Segmentation or None
        Liver and metastases.
    plan : Plan
        The cuts; without any, nothing is planned.
    maps : mapping of str to PartMap
        By scheme: "couinaud" segments, "portal" or "hepatic" territories, "vessels" (their lumen).
    biopsied : frozenset of int
        Label values of the metastases that were biopsied.
    record : Record
        Series, headers, notes, protocol, patient, landmarks, visits.
    plans : tuple of Plan
        All plans that were made, ``plan`` among them; empty where it is the only one.
    findings : Findings or None
        What was found for ``plan``, where it was measured.
    annotations : tuple of Annotation
        What was measured and written on the slices.
    key_images : tuple of KeyImage
        Pictures that a person kept.
    screen : Screen or None
        What is chosen on screen.
    others : mapping of str to JSON
        Documents that nobody here knows; they are kept as they are.
    signatures : tuple of JSON objects
        As `liverplan.case.signature` makes them.
    """

    volume: Volume | None = None
    segmentation: Segmentation | None = None
    plan: Plan = field(default_factory=lambda: Plan(cuts=()))
    maps: Mapping[str, PartMap] = field(default_factory=dict)
    biopsied: frozenset[int] = frozenset()
    record: Record = field(default_factory=Record)
    plans: tuple[Plan, ...] = ()
    findings: Findings | None = None
    annotations: tuple[Annotation, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    screen: Screen | None = None
    others: Mapping[str, Json] = field(default_factory=dict)
    signatures: tuple[Json, ...] = ()

    def __post_init__(self) -> None:
        taken = sorted(OWN_PARTS & set(self.others))
        if taken:
            raise CaseError(f"No document of a case may be called {' or '.join(taken)}.")
        object.__setattr__(self, "maps", MappingProxyType(dict(self.maps)))
        object.__setattr__(self, "others", MappingProxyType(plain(dict(self.others))))
        object.__setattr__(self, "signatures", tuple(plain(list(self.signatures))))

    @property
    def documents(self) -> dict[str, Json]:
        """The documents, by name, that say what this state says."""
        contents = Contents(
            record=self.record,
            plans=self.plans,
            findings=self.findings,
            annotations=self.annotations,
            key_images=self.key_images,
            screen=self.screen,
            others=self.others,
        )
        return written(contents, self.plan)


def write_state(state: CaseState, put: Put, *, known: CaseState | None, known_json: Json) -> Json:
    """Store a state's files and return its document.

    ``known`` is the state before and ``known_json`` its document: a CT, label map or map of parts
    that is the very same object there is not compressed again.
    """
    _put_pictures(state, put, known)
    same_ct = known is not None and known.volume is state.volume
    same_labels = known is not None and known.segmentation is state.segmentation
    return {
        "schema": STATE_SCHEMA,
        "ct": known_json["ct"] if same_ct else _write_ct(state.volume, put),
        "segmentation": (
            known_json["segmentation"] if same_labels else _write_labels(state.segmentation, put)
        ),
        "biopsied": sorted(state.biopsied),
        "plan": state.plan.to_json(),
        "maps": {
            name: (
                known_json["maps"][name]
                if known is not None and known.maps.get(name) is part_map
                else _write_map(part_map, put)
            )
            for name, part_map in state.maps.items()
        },
        "documents": _write_documents(state, put, known, known_json),
        "signatures": list(state.signatures),
    }


def read_state(document: Json, get: Get, read_document: Callable[[str], Json]) -> CaseState:
    """Read what `write_state` wrote, now or in an older version.

    Raises
    ------
    CaseError
        If the document or a file that it names is not what was written, or a newer version wrote
        it.
    """
    older = require_known(document) < VERSION
    document = migrated(document, read_document)
    require_shape(document)
    try:
        names = document["documents"].items()
        found = {name: read_document(file) for name, file in names}
        contents = read(found, get=get, plans_on_screen=older)
        return CaseState(
            volume=_read_ct(document["ct"], get),
            segmentation=_read_labels(document["segmentation"], get),
            plan=Plan.from_json(document["plan"]),
            maps={name: _read_map(m, get) for name, m in document["maps"].items()},
            biopsied=frozenset(document["biopsied"]),
            record=contents.record,
            plans=contents.plans,
            findings=contents.findings,
            annotations=contents.annotations,
            key_images=contents.key_images,
            screen=contents.screen,
            others=contents.others,
            signatures=tuple(document["signatures"]),
        )
    except CaseError:
        raise
    except _MISREAD as error:
        raise CaseError(f"The case's state cannot be understood: {error}.") from error


def files_of(document: Json) -> list[str]:
    """Names of the files that a state, of whatever schema, names."""
    require_known(document)
    try:
        images = [document[key]["file"] for key in ("ct", "segmentation") if document[key]]
        maps = [part_map["file"] for part_map in document.get("maps", {}).values()]
        names = [*images, *maps, *document["documents"].values()]
        foreign = [name for name in names if not OBJECT.fullmatch(name)]
    except (LookupError, TypeError, AttributeError) as error:
        raise CaseError(f"The case's state cannot be understood: {error!r}.") from error
    if foreign:
        raise CaseError("The case's state names a file that is none of a case.")
    return names


def pictures_of(document: Json, read_document: Callable[[str], Json]) -> list[str]:
    """Names of the files of the pictures that a state's documents name."""
    file = document["documents"].get("key_images")
    named = [] if file is None else read_document(file)["images"]
    return [one["file"] for one in named]


def content_sha256(document: Json) -> str:
    """Hash of what a signature covers: inputs, plan and results (which name the software)."""
    return sha256(to_page({k: v for k, v in document.items() if k != "signatures"}))


def _put_pictures(state: CaseState, put: Put, known: CaseState | None) -> None:
    there = set() if known is None else {image.file for image in known.key_images}
    for image in state.key_images:
        if image.file not in there:
            put(image.png, ".png")


def _write_documents(
    state: CaseState, put: Put, known: CaseState | None, known_json: Json
) -> dict[str, str]:
    """Store the documents that say something new; the others keep the file that they had."""
    now = state.documents
    if known is None:
        return {name: put(to_page(value), ".json") for name, value in now.items()}
    before, files = known.documents, known_json["documents"]
    kept = {name: file for name, file in files.items() if _same(name, now, before)}
    new = {name: value for name, value in now.items() if not _same(name, now, before)}
    return kept | {name: put(to_page(value), ".json") for name, value in new.items()}


def _same(name: str, now: Mapping[str, Json], before: Mapping[str, Json]) -> bool:
    """Whether a document says what it said; findings that cannot be read are never kept."""
    if name not in now and name not in before:
        return name != "findings"
    return name in now and name in before and to_line(now[name]) == to_line(before[name])


def _write_ct(volume: Volume | None, put: Put) -> Json:
    if volume is None:
        return None
    content = to_nifti(volume.grid, volume.hu)
    return {
        "file": put(content, ".nii.gz"),
        "type": volume.hu.dtype.name,
        "grid": _grid_json(volume.grid),
    }


def _write_labels(segmentation: Segmentation | None, put: Put) -> Json:
    if segmentation is None:
        return None
    return {
        "file": put(to_nifti(segmentation.grid, segmentation.labels), ".nii.gz"),
        "type": "uint8",
        "grid": _grid_json(segmentation.grid),
        "provenance": {str(k): _provenance_json(v) for k, v in segmentation.provenance.items()},
    }


def _read_ct(document: Json, get: Get) -> Volume | None:
    if document is None:
        return None
    grid, name = _grid(document["grid"]), document["file"]
    return Volume(grid=grid, hu=from_nifti(get(name), grid.shape, document["type"], name))


def _read_labels(document: Json, get: Get) -> Segmentation | None:
    if document is None:
        return None
    grid, name = _grid(document["grid"]), document["file"]
    labels = from_nifti(get(name), grid.shape, "uint8", name)
    provenance = {int(k): Provenance(**v) for k, v in document["provenance"].items()}
    return Segmentation(grid=grid, labels=labels, provenance=provenance)


def _write_map(part_map: PartMap, put: Put) -> Json:
    lines = [_line_json(line) for line in part_map.lines]
    return {
        "file": put(to_nifti(part_map.grid, part_map.labels), ".nii.gz"),
        "type": "uint8",
        "grid": _grid_json(part_map.grid),
        "scheme": part_map.scheme,
        "names": list(part_map.names),
        **({"lines": lines} if lines else {}),
    }


def _read_map(document: Json, get: Get) -> PartMap:
    grid, name = _grid(document["grid"]), document["file"]
    names, lines = tuple(document["names"]), document.get("lines", [])
    if lines and len(lines) != len(names):
        raise CaseError("The case's state cannot be understood: a map's lines are not its parts'.")
    return PartMap(
        scheme=document["scheme"],
        grid=grid,
        labels=from_nifti(get(name), grid.shape, "uint8", name),
        names=names,
        lines=tuple(map(_line, names, lines)) if lines else (),
    )


def _line_json(line: Branch) -> Json:
    return {
        "points_mm": [list(point) for point in line.points_mm],
        "radius_mm": line.radius_mm,
        "radii_mm": list(line.radii_mm),
        "tree": line.tree,
        **({} if line.confidence is None else {"confidence": line.confidence}),
        **({"called": line.called, "called_by": line.called_by} if line.called else {}),
    }


def _line(name: str, document: Json) -> Branch:
    return Branch(
        name=name,
        points_mm=tuple((x, y, z) for x, y, z in document["points_mm"]),
        radius_mm=document["radius_mm"],
        radii_mm=tuple(document["radii_mm"]),
        tree=document["tree"],
        confidence=document.get("confidence"),
        called=document.get("called", ""),
        called_by=document.get("called_by", ""),
    )


def _grid_json(grid: Grid) -> Json:
    return {
        "shape": list(grid.shape),
        "affine": grid.affine.tolist(),
        "frame_uid": grid.frame_uid,
    }


def _grid(document: Json) -> Grid:
    k, j, i = document["shape"]
    return Grid(
        shape=(k, j, i), affine=np.array(document["affine"]), frame_uid=document["frame_uid"]
    )


def _provenance_json(provenance: Provenance) -> Json:
    return {
        "method": provenance.method,
        "version": provenance.version,
        "origin": provenance.origin,
        "accepted_by": provenance.accepted_by,
        "edits": provenance.edits,
        "density_hu": provenance.density_hu,
        "parameters": dict(provenance.parameters),
    }
