"""What a case holds at one moment, and how that is written down.

A state is a small JSON document that names its files by their SHA-256: the CT and the label map
(NIfTI), and further documents (patient, findings, headers, ...; JSON). Cuts and grids stand in the
state itself, as numbers that read back to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from liverplan.case.documents import Json, plain, sha256, to_page
from liverplan.case.voxels import from_nifti, to_nifti
from liverplan.errors import CaseError, LiverplanError
from liverplan.resection import Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume

STATE_SCHEMA = "liverplan.state/1"

Put = Callable[[bytes, str], str]
"""Store bytes under their hash with an ending (".json"); returns the file's name."""

Get = Callable[[str], bytes]
"""Bytes of a file by the name that `Put` gave; checked against the hash."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseState:
    """Everything known of one patient's liver at one moment.

    Parameters
    ----------
    volume : Volume or None
        The CT.
    segmentation : Segmentation or None
        Liver and metastases.
    planes : tuple of Plane
        The cuts.
    documents : mapping of str to JSON
        By name: "patient" (attested facts), "findings" (``liverplan.result/1``), "headers" (what
        the DICOM room needs to export), "settings", "response", ...
    signatures : tuple of JSON objects
        As `liverplan.case.signature` makes them.
    """

    volume: Volume | None = None
    segmentation: Segmentation | None = None
    planes: tuple[Plane, ...] = ()
    documents: Mapping[str, Json] = field(default_factory=dict)
    signatures: tuple[Json, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "planes", tuple(self.planes))
        object.__setattr__(self, "documents", MappingProxyType(plain(dict(self.documents))))
        object.__setattr__(self, "signatures", tuple(plain(list(self.signatures))))


def write_state(state: CaseState, put: Put, *, known: CaseState | None, known_json: Json) -> Json:
    """Store a state's files and return its document.

    ``known`` is the state before and ``known_json`` its document: a CT or label map that is the
    very same object there is not compressed again.
    """
    same_ct = known is not None and known.volume is state.volume
    same_labels = known is not None and known.segmentation is state.segmentation
    return {
        "schema": STATE_SCHEMA,
        "ct": known_json["ct"] if same_ct else _write_ct(state.volume, put),
        "segmentation": (
            known_json["segmentation"] if same_labels else _write_labels(state.segmentation, put)
        ),
        "planes": [_plane_json(plane) for plane in state.planes],
        "documents": {k: put(to_page(v), ".json") for k, v in state.documents.items()},
        "signatures": list(state.signatures),
    }


def read_state(document: Json, get: Get, read_document: Callable[[str], Json]) -> CaseState:
    """Read what `write_state` wrote.

    Raises
    ------
    CaseError
        If the document or a file that it names is not what was written.
    """
    _require_known(document)
    try:
        return CaseState(
            volume=_read_ct(document["ct"], get),
            segmentation=_read_labels(document["segmentation"], get),
            planes=tuple(_plane(p) for p in document["planes"]),
            documents={k: read_document(name) for k, name in document["documents"].items()},
            signatures=tuple(document["signatures"]),
        )
    except CaseError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, LiverplanError) as error:
        raise CaseError(f"The case's state cannot be understood: {error}.") from error


def files_of(document: Json) -> list[str]:
    """Names of the files that a state names."""
    images = [document[key]["file"] for key in ("ct", "segmentation") if document[key]]
    return [*images, *document["documents"].values()]


def content_sha256(document: Json) -> str:
    """Hash of what a signature covers: inputs, plan and results (which name the software)."""
    return sha256(to_page({k: v for k, v in document.items() if k != "signatures"}))


def _require_known(document: Json) -> None:
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != STATE_SCHEMA:
        raise CaseError(
            f"The case's state was written by another liverplan ({schema}; this one reads "
            f"{STATE_SCHEMA}); open it with that version."
        )


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
        "quality": provenance.quality,
        "parameters": dict(provenance.parameters),
        "accepted_by": provenance.accepted_by,
    }


def _plane_json(plane: Plane) -> Json:
    return {"point_mm": plane.point_mm.tolist(), "normal": plane.normal.tolist()}


def _plane(document: Json) -> Plane:
    return Plane(point_mm=np.array(document["point_mm"]), normal=np.array(document["normal"]))
