"""Clicks, boxes and strokes for a running nnInteractive server, as a back end of liverplan."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypedDict

import numpy as np
from scipy import ndimage

from liverplan.errors import BackendError
from liverplan.findings.statement import Statement, stated
from liverplan.segmentation import (
    LesionResult,
    LiverResult,
    Provenance,
    VesselResult,
    find_liver,
)
from liverplan.segmentation import Prompt as LesionPrompt
from liverplan.segmentation.provenance import Origin
from liverplan.volume import FloatArray, Volume
from liverplan_nninteractive.conversation import Conversation, Mask
from liverplan_nninteractive.lesion_prompts import spoken_in
from liverplan_nninteractive.live import Live
from liverplan_nninteractive.prompts import LIVER, Box, Click, Prompt, Stroke, read_prompts
from liverplan_nninteractive.settings import Settings, read_settings, what_lacks

__all__ = [
    "Box",
    "Click",
    "Conversation",
    "NnInteractiveSegmenter",
    "Settings",
    "Stroke",
    "read_prompts",
    "read_settings",
]

LICENCE = "of the server's weights; nnInteractive's own are CC BY-NC-SA 4.0"

Progress = Callable[[float, str], None]


class _Answer(TypedDict):
    mask: Mask
    provenance: Provenance
    warnings: tuple[Statement, ...]


class NnInteractiveSegmenter:
    """Asks the server that `LIVERPLAN_NNINTERACTIVE` names."""

    name = "nninteractive"
    _live = Live()

    def missing(self) -> list[str]:
        """Return what must be set before it can run; the server is not contacted."""
        return what_lacks()

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Send the CT's grey values and the prompts; return what the server outlines.

        Raises
        ------
        BackendError
            If no server answers, it fails, or it finds no liver.
        CancelledError
            If the user stops it.
        """
        settings = read_settings()
        self._live.close()  # it may hold the only place that the server has
        if settings.prompts is not None:
            prompts, origin = read_prompts(settings.prompts), settings.prompts.name
        else:
            prompts, origin = {LIVER: (_middle(volume, cancel),)}, "one click"
        with Conversation(volume, settings, cancel) as talk:
            masks = _ask(talk, prompts, progress)
        lesions = tuple(masks[name] for name in sorted(masks, key=_number) if name != LIVER)
        return LiverResult(
            mask=np.logical_or.reduce([masks[LIVER], *lesions]),
            provenance=_provenance(
                settings,
                sum(map(len, prompts.values())),
                origin,
                "automatic" if settings.prompts is None else "clicks",
            ),
            lesions=lesions,
            warnings=_warnings(settings, prompts),
        )

    def outline(
        self,
        volume: Volume,
        liver_mask: Mask,
        prompt: LesionPrompt,
        *,
        cancel: Event | None = None,
    ) -> LesionResult:
        """Send what a person says of one metastasis; return what the server outlines.

        nnInteractive's own server keeps the CT from one prompt to the next.

        Raises
        ------
        BackendError
            If no server answers, it fails, or it finds nothing.
        CancelledError
            If the user stops it.
        """
        del liver_mask  # the network looks at the whole CT
        return LesionResult(**self._said(volume, spoken_in(prompt), cancel))

    def follow(
        self,
        volume: Volume,
        liver_mask: Mask,
        point_mm: FloatArray,
        *,
        cancel: Event | None = None,
    ) -> VesselResult:
        """Send a person's click in a vessel; return what the server outlines.

        Raises
        ------
        BackendError
            If no server answers, it fails, or it finds nothing.
        CancelledError
            If the user stops it.
        """
        del liver_mask
        x, y, z = point_mm.tolist()
        return VesselResult(**self._said(volume, (Click(point_mm=(x, y, z)),), cancel))

    def _said(self, volume: Volume, said: tuple[Prompt, ...], cancel: Event | None) -> _Answer:
        """Return what the server makes of a person's prompts, and what made it."""
        settings = read_settings()
        with self._live.about(volume, settings, cancel) as talk:
            masks = [talk.say(one) for one in said]
        return {
            "mask": masks[-1],
            "provenance": _provenance(settings, len(said), "of a person", "clicks"),
            "warnings": tuple(map(stated, _gone_out(settings))),
        }


def _ask(
    talk: Conversation, prompts: dict[str, tuple[Prompt, ...]], progress: Progress | None
) -> dict[str, Mask]:
    """Outline each structure by its prompts."""
    count, done = sum(map(len, prompts.values())), 0
    masks: dict[str, Mask] = {}
    for structure, said in prompts.items():
        talk.start_over()
        for prompt in said:
            if progress is not None:
                progress(done / count, f"Asking nnInteractive for the {structure}")
            masks[structure] = talk.say(prompt)
            done += 1
        if not masks[structure].any():
            raise BackendError(f"nnInteractive found no {structure} at its prompts.")
    return masks


def _number(structure: str) -> int:
    return 0 if structure == LIVER else int(structure.rpartition(" ")[2])


def _middle(volume: Volume, cancel: Event | None) -> Click:
    """Return a click in the liver that the built-in method finds, as far inside as can be."""
    mask = find_liver(volume, cancel=cancel).mask
    (box,) = ndimage.find_objects(mask.astype(np.uint8))
    inside = ndimage.distance_transform_edt(mask[box], sampling=volume.grid.spacing_mm)
    deepest = np.array(np.unravel_index(np.argmax(inside), inside.shape))
    x, y, z = volume.grid.to_mm(deepest + [side.start for side in box])
    return Click(point_mm=(float(x), float(y), float(z)))


def _provenance(settings: Settings, count: int, whose: str, origin: Origin) -> Provenance:
    return Provenance(
        method="nnInteractive",
        version="as the server runs it",
        origin=origin,
        parameters={
            "prompts": f"{count} ({whose})",
            "server": "another machine" if settings.is_remote else "this machine",
            "licence": LICENCE,
        },
    )


def _warnings(settings: Settings, prompts: dict[str, tuple[Prompt, ...]]) -> tuple[str, ...]:
    said = _gone_out(settings)
    if settings.prompts is None:
        said.append("nnInteractive was given one click, by the built-in method: look closely.")
    if len(prompts) == 1:
        said.append("nnInteractive was asked for no metastases: mark them.")
    return tuple(said)


def _gone_out(settings: Settings) -> list[str]:
    """Say where the CT went, if it left this machine."""
    if not settings.is_remote:
        return []
    plain = " without encryption" if settings.url.startswith("http:") else ""
    return [f"The CT's grey values went to {settings.url}{plain}."]
