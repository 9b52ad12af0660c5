"""Which series is read: the one that was named, or the one that suits the liver best."""

from __future__ import annotations

from collections.abc import Sequence

from liverplan.dicom.series_info import NAMES_SHOWN, SeriesInfo
from liverplan.errors import DicomError


def choose_series(found: Sequence[SeriesInfo], uid: str | None = None) -> SeriesInfo:
    """Return the series that was named, or the CT that suits the liver best.

    Best is: axial, original rather than derived, not lossy, tall enough for a liver, portal
    venous by its description, and then the one with most slices.

    Raises
    ------
    DicomError
        If there is no such series or it cannot be used, with the reason.
    """
    if uid is not None:
        return _named(found, uid)
    usable = [info for info in found if info.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        return max(usable, key=_merit)
    reasons = "; ".join(f"{info.title}: {info.reason}" for info in found[:NAMES_SHOWN])
    raise DicomError(f"There is no CT series that can be used ({reasons}).")


def _named(found: Sequence[SeriesInfo], uid: str) -> SeriesInfo:
    matches = [info for info in found if uid and uid in {info.uid, info.key}]
    exact = [info for info in matches if info.key == uid] or matches
    usable = [info for info in exact if info.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        keys = ", ".join(info.key for info in usable)
        raise DicomError(f"Series {uid} holds {len(usable)} volumes; choose one of {keys}.")
    if exact:
        raise DicomError(f"Series {uid} cannot be used: {exact[0].reason}.")
    raise DicomError(f"There is no series {uid} here.")


def _merit(info: SeriesInfo) -> tuple[bool, bool, bool, bool, int]:
    height = info.shape[0] * info.spacing_mm[0]
    words = info.description.lower()
    return (
        not any(plane.lossy for plane in info.planes),
        info.planes[0].image_type[:1] != ("DERIVED",),
        height >= 120.0,
        any(word in words for word in ("portal", "venous", "ven ", "pv ", "70s", "70 s")),
        info.shape[0],
    )
