"""Back ends: other methods that find the liver, installed beside liverplan.

A back end is any object that fits `Segmenter`, announced by its package under the entry point
group ``liverplan.segmenters``. It says what it still needs by `Segmenter.missing`, so that the
app can show it greyed out with the reason.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from threading import Event
from typing import Protocol, TypeVar, runtime_checkable

from liverplan.errors import BackendError, LiverplanError
from liverplan.installed import in_own_way
from liverplan.segmentation.classical.liver import segment_liver
from liverplan.segmentation.network.liver import find_liver
from liverplan.segmentation.network.weights import LIVER
from liverplan.segmentation.results import LiverResult, Progress
from liverplan.segmentation.second_opinion import find_liver_twice
from liverplan.volume import Volume

GROUP = "liverplan.segmenters"
NETWORK, CLASSICAL, BOTH = "network", "classical", "both"


class Method(Protocol):
    """What every back end says of itself, whatever it can do."""

    @property
    def name(self) -> str:
        """Short name, as typed after ``--backend``."""
        ...

    def missing(self) -> list[str]:
        """Say what must be installed or set up before it can run; empty if nothing."""
        ...


@runtime_checkable
class Segmenter(Method, Protocol):
    """A method that finds the liver on a CT."""

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Find the liver; the mask lies on the volume's grid."""
        ...


class NetworkSegmenter:
    """The built-in network, whose weights are shipped."""

    name = NETWORK
    weights = LIVER

    def missing(self) -> list[str]:
        """Say if the weights lack, or are not those that were measured."""
        try:
            self.weights.read()
        except BackendError as fault:
            return [f"its weights: {str(fault).rstrip('.')}"]
        return []

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Find the liver by `find_liver`."""
        return find_liver(volume, progress=progress, cancel=cancel, weights=self.weights)


class TwiceSegmenter(NetworkSegmenter):
    """The network, with the method without one as a second opinion; takes twice the time."""

    name = BOTH

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Find the liver by `find_liver_twice`."""
        return find_liver_twice(volume, progress=progress, cancel=cancel)


class ClassicalSegmenter:
    """The built-in method without trained weights."""

    name = CLASSICAL

    def missing(self) -> list[str]:
        """Return nothing: it is always there."""
        return []

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Find the liver by `segment_liver`."""
        return segment_liver(volume, progress=progress, cancel=cancel)


class BrokenSegmenter:
    """Stands for a plugin that could not be loaded, and says why."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def missing(self) -> list[str]:
        """Return why the plugin could not be loaded."""
        return [f"its package cannot be loaded ({self._reason})"]

    def segment(
        self,
        volume: Volume,
        *,
        progress: Progress | None = None,
        cancel: Event | None = None,
    ) -> LiverResult:
        """Refuse."""
        raise BackendError(f"The back end {self.name!r} cannot be loaded: {self._reason}.")


def find_segmenters() -> dict[str, Segmenter]:
    """Every back end by its name, the built-in ones first; broken ones say so by `missing`."""
    built_in = (NetworkSegmenter(), ClassicalSegmenter(), TwiceSegmenter())
    found: dict[str, Segmenter] = {segmenter.name: segmenter for segmenter in built_in}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, _load(entry))
    return found


def segment_with(
    name: str,
    volume: Volume,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> LiverResult:
    """Find the liver with a named back end; whatever it claims, no person accepted its masks.

    Raises
    ------
    BackendError
        If there is no such back end, it lacks something, it failed, or its masks do not fit.
    """
    segmenter = ready(name, find_segmenters())
    result = _run(segmenter, volume, progress, cancel)
    if result.mask.shape != volume.grid.shape:
        raise BackendError(
            f"The back end {name!r} gave a mask of {result.mask.shape} voxels for a CT of "
            f"{volume.grid.shape}."
        )
    for scheme, (labels, names) in result.maps.items():
        if labels.shape != volume.grid.shape or int(labels.max(initial=0)) > len(names):
            raise BackendError(f"The back end {name!r} gave a {scheme} map that does not fit.")
    return replace(result, provenance=result.provenance.from_program())


M = TypeVar("M", bound=Method)


def ready(name: str, known: Mapping[str, M], which: str = "") -> M:
    """Return a named back end that lacks nothing.

    Raises
    ------
    BackendError
        If there is none of this name ``which`` does what is asked, or it lacks something.
    """
    method = known.get(name)
    if method is None:
        words = " ".join(filter(None, (repr(name), which)))
        raise BackendError(f"There is no back end {words}; there is {', '.join(sorted(known))}.")
    if missing := what_lacks(method):
        raise BackendError(f"The back end {name!r} lacks {in_own_way(' and '.join(missing))}.")
    return method


def what_lacks(method: Method) -> list[str]:
    """Say what a back end still needs, also where it fails to say so itself."""
    try:
        return method.missing()
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
        return [f"an answer to what it lacks ({str(error) or type(error).__name__})"]


def lacking_place(variable: str, what: str) -> list[str]:
    """Say what lacks where a back end is told by an environment variable what lies where.

    Parameters
    ----------
    variable : str
        The environment variable.
    what : str
        What it shall name, such as "a DICOM SEG, or a folder of them".
    """
    place = os.environ.get(variable)
    if not place:
        return [f"the environment variable {variable} ({what})"]
    if not Path(place).exists():
        return [f"{place}, which {variable} names, does not exist"]
    return []


def _run(
    segmenter: Segmenter, volume: Volume, progress: Progress | None, cancel: Event | None
) -> LiverResult:
    try:
        return segmenter.segment(volume, progress=progress, cancel=cancel)
    except LiverplanError:
        raise
    except Exception as error:  # a plugin may fail in any way; the user gets one sentence
        raise BackendError(f"The back end {segmenter.name!r} failed: {error}.") from error


def _load(entry: EntryPoint) -> Segmenter:
    try:
        segmenter = entry.load()()
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
        return BrokenSegmenter(entry.name, str(error) or type(error).__name__)
    if not isinstance(segmenter, Segmenter):
        return BrokenSegmenter(entry.name, "it is no Segmenter")
    return segmenter
