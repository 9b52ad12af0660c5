"""A measured case as DICOM objects and surfaces, with its patient or without."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from liverplan import dicom, fhir, regular, report
from liverplan.case import Case
from liverplan.case.documents import to_page
from liverplan.dicom.deidentify import Rules, deidentify
from liverplan.dicom.sr_words import Standing
from liverplan.errors import InputError
from liverplan.fhir.elements import Release
from liverplan.report import ReportInput
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.rounding import staying_rounded
from liverplan.workflow.surfaces import surfaces

Parts = Mapping[str, Mask]
LONGEST_ID, SHORTEST_KEY = 64, 16
FHIR_FILE = "result.fhir.json"


def write_objects(
    folder: Path,
    request: ReportInput,
    headers: dicom.Headers,
    parts: Parts,
    standing: Standing,
    rules: Rules | None = None,
    release: Release | None = None,
) -> None:
    """Write SEGs, SR, PDF and STL objects, kept pictures, surfaces as plain STL, all as glTF.

    Parameters
    ----------
    folder : Path
        Files are written here.
    request : ReportInput
        Of the case; its report must hide identity if ``rules`` are given.
    headers : Headers
        Of the CT, as it was read.
    parts : mapping of str to mask
        "remnant" and "resected", if anything is planned.
    standing : Standing
        Who and what stands behind the numbers.
    rules : Rules, optional
        De-identify every object by these.
    release : {"R4", "R5"}, optional
        Write the result as FHIR resources too.
    """
    grid = request.segmentation.grid
    sets = dicom.segment_sets(
        request.segmentation, **parts, volumes=request.findings.volumes, maps=request.maps
    )
    with ThreadPoolExecutor(1) as beside:  # drawing needs no DICOM, and DICOM no pictures
        pdf = beside.submit(report.pdf_of, request)
        segs = []
        for name, seg in dicom.make_segs(sets, grid, headers):
            dicom.keep(seg, folder / f"{name}.dcm", rules)
            segs.append(seg)
        sr = dicom.make_sr(request.findings, headers, segs, standing=standing)
        sr = sr if rules is None else deidentify(sr, rules)
        dicom.keep(sr, folder / "measurements.dcm")
        if release is not None:
            bundle = fhir.bundle_of(sr, request.findings, signed_of(request, standing), release)
            (folder / FHIR_FILE).write_bytes(to_page(bundle))
        for number, surface in enumerate(surfaces(request, sets), 1):
            name = surface.file
            (folder / f"{name}.stl").write_bytes(surface.stl)
            held = dicom.make_stl_object(
                surface.stl, headers, name=name, number=number, structure=surface.structure
            )
            dicom.keep(held, folder / f"{name}.stl.dcm", rules)
        for number, picture in enumerate(dicom.make_key_images(request.key_images, headers), 1):
            dicom.keep(picture, folder / f"key_image_{number:02d}.dcm", rules)
        (folder / "liver.glb").write_bytes(report.glb_of(request))
        dicom.keep(dicom.make_pdf(pdf.result(), headers), folder / "report.dcm", rules)


def signed_of(request: ReportInput, standing: Standing) -> fhir.Signed:
    """Say who stands behind resources; without identity nobody does, at no time."""
    shown = request.identity == "shown"
    held = (row.name for row in request.signatures if not row.void_because)
    return fhir.Signed(
        state_sha256=standing.state_sha256,
        status="final" if request.status == "final" else "preliminary",
        names=tuple(dict.fromkeys(held)) if shown else (),
        issued=request.created if shown else None,
    )


def trail_end(opened: Case) -> str:
    """Say where a case's audit trail ends."""
    return f"{opened.head} ({len(opened.history)} entries)"


def standing_of(opened: Case, rules: Rules | None) -> Standing:
    """Return who and what stands behind a case's numbers; under ``rules`` nobody is named."""
    masks, protocol = opened.state.segmentation, opened.state.record.protocol
    made = masks.provenance.values() if masks and rules is None else ()
    return Standing(
        accepted_by=tuple(dict.fromkeys(one.accepted_by for one in made if one.accepted)),
        trail=trail_end(opened),
        state_sha256=opened.content_sha256,
        protocol_sha256=sha256(protocol.text.encode()).hexdigest() if protocol else "",
    )


def rules_for(
    *,
    pseudonym: str | None = None,
    key: Path | None = None,
    keep_characteristics: bool = False,
    shift_days: int | None = None,
) -> Rules:
    """Rules by which a case leaves the hospital; see `Rules`.

    Parameters
    ----------
    key : Path, optional
        A file of at least 16 secret bytes: exports with the same key get the same UIDs.

    Raises
    ------
    InputError
        If the key cannot be read or is too short, or the pseudonym cannot be an identifier.
    """
    name = "ANONYMOUS" if pseudonym is None else pseudonym.strip()
    if not name or len(name) > LONGEST_ID or set(name) & set("\\^=*?"):
        raise InputError(f"{pseudonym!r} cannot stand for a patient's name and number.")
    secret = {} if key is None else {"key": _key(key)}
    return Rules(
        pseudonym=name,
        retain_characteristics=keep_characteristics,
        shift_days=shift_days,
        document_is_clean=True,  # its report hides identity
        **secret,
    )


def _key(path: Path) -> bytes:
    try:
        key = regular.read_bytes(path)
    except OSError as error:
        raise InputError(f"The key {path} cannot be read: {error.strerror}.") from error
    if len(key) < SHORTEST_KEY:
        raise InputError(f"The key {path} holds fewer than {SHORTEST_KEY} bytes.")
    return key


def parts_of(
    segmentation: Segmentation, plan: Plan, maps: Mapping[str, PartMap], remnant_ml: float
) -> Parts:
    """Masks of functional tissue that stays and that goes, none without cuts.

    They sum up to what was measured, ``remnant_ml``, within half a voxel: see `staying_rounded`.
    """
    if not plan.cuts:
        return {}
    stays = staying_rounded(PlanIndex.build(segmentation, maps), plan, remnant_ml)
    return {"remnant": stays, "resected": (segmentation.labels == LIVER) & ~stays}
