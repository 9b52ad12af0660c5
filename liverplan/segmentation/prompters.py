"""Who can outline a metastasis that a person points at: the built-in networks, and back ends.

A back end that answers prompts has `Prompter.outline` beside what `Segmenter` asks of it; it is
announced under the same entry point group.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Protocol, TypeVar, runtime_checkable

from liverplan.errors import BackendError, LiverplanError, SegmentationError
from liverplan.segmentation.backends import (
    NETWORK,
    BrokenSegmenter,
    Method,
    NetworkSegmenter,
    find_segmenters,
    ready,
)
from liverplan.segmentation.lesions.prompted.outline import lesion_from_prompt
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.lesions.region import checked_in_liver
from liverplan.segmentation.points import checked_point
from liverplan.segmentation.results import LesionResult, Mask, Outlined
from liverplan.volume import Grid, Volume

Asked = TypeVar("Asked", bound=Method)
Answer = TypeVar("Answer", bound=Outlined)


@runtime_checkable
class Prompter(Method, Protocol):
    """A method that outlines what a prompt means."""

    def outline(
        self, volume: Volume, liver_mask: Mask, prompt: Prompt, *, cancel: Event | None = None
    ) -> LesionResult:
        """Outline the metastasis on a (k, j, i) liver mask's grid, the volume's own."""
        ...


class NetworkPrompter(NetworkSegmenter):
    """The built-in networks, and the older ways where they are unsure."""

    def outline(
        self, volume: Volume, liver_mask: Mask, prompt: Prompt, *, cancel: Event | None = None
    ) -> LesionResult:
        """Outline it on a (k, j, i) mask by `lesion_from_prompt`, done before one could stop."""
        del cancel
        return lesion_from_prompt(volume, liver_mask, prompt)


def find_prompters() -> dict[str, Prompter]:
    """Every back end that answers prompts, by its name, the built-in one first."""
    found: dict[str, Prompter] = {NETWORK: NetworkPrompter()}
    for name, method in find_segmenters().items():
        if isinstance(method, Prompter):
            found.setdefault(name, method)
    return found


def outline_with(
    name: str,
    volume: Volume,
    liver_mask: Mask,
    prompt: Prompt,
    *,
    cancel: Event | None = None,
) -> LesionResult:
    """Outline the metastasis that a prompt means with a named back end.

    Whatever the back end claims, no person accepted its mask.

    Parameters
    ----------
    name : str
        Of the back end.
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    prompt : Prompt
        A click in it, its axes or a box round it, and what is none of it; LPS mm.
    cancel : Event or None
        Set by a person who does not want to wait.

    Raises
    ------
    SegmentationError
        If the prompt lies outside the CT or the liver, or nothing was found there.
    BackendError
        If there is no such back end, it lacks something, it failed, or its mask does not fit.
    """
    if name == NETWORK:
        return lesion_from_prompt(volume, liver_mask, prompt)
    prompter = prompter_ready(name, find_prompters, "that outlines what is pointed at")
    checked_in_liver(volume, liver_mask, prompt.middle_mm)
    for point in prompt.not_lesion_mm:
        checked_point(volume.grid, point)
    found = answer_of(
        name, volume.grid, lambda: prompter.outline(volume, liver_mask, prompt, cancel=cancel)
    )
    if not (found.mask & liver_mask).any():
        raise SegmentationError(f"The back end {name!r} found nothing in the liver at this place.")
    return found


def answer_of(name: str, grid: Grid, ask: Callable[[], Answer]) -> Answer:
    """Return what a named back end answers, as a program's: no person accepted its mask.

    Raises
    ------
    BackendError
        If it failed in any way, or its mask does not fit the grid.
    """
    try:
        found = ask()
    except LiverplanError:
        raise
    except Exception as error:  # a plugin may fail in any way; the user gets one sentence
        raise BackendError(f"The back end {name!r} failed: {error}.") from error
    if found.mask.shape != grid.shape:
        raise BackendError(
            f"The back end {name!r} gave a mask of {found.mask.shape} voxels for {grid.shape}."
        )
    return replace(found, provenance=found.provenance.from_program())


def prompter_ready(name: str, known: Callable[[], dict[str, Asked]], which: str) -> Asked:
    """Return a named method of those that are known, ready to be asked.

    Raises
    ------
    BackendError
        If it could not be loaded, there is none of that name (``which`` says what was wanted of
        it), or it lacks something.
    """
    every = find_segmenters()
    if isinstance(every.get(name), BrokenSegmenter):
        ready(name, every)  # says why it could not be loaded
    return ready(name, known(), which)
