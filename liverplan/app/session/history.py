"""Undo and redo over everything: planes, clicks and brush, one list, each step with its name.

A step keeps the small values as they were and, of the labels, only the box that changed,
compressed: a hundred brush strokes on a large CT cost a few megabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liverplan.app.session.work import Work
from liverplan.segmentation import Provenance, Segmentation
from liverplan.segmentation.boxes import Box, bounding_box

Labels = NDArray[np.uint8]

LIMIT = 200
"""Steps that are kept; the oldest is forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPatch:
    """The box of a label map that a step changed, before and after, compressed."""

    box: Box
    shape: tuple[int, ...]
    before: bytes
    after: bytes

    @classmethod
    def between(cls, before: Labels, after: Labels) -> LabelPatch | None:
        """Return what differs between two (k, j, i) label maps, or None where nothing does."""
        box = changed_box(before, after)
        if box is None:
            return None
        old, new = before[box], after[box]
        return cls(box=box, shape=old.shape, before=_packed(old), after=_packed(new))

    def onto(self, labels: Labels, content: bytes) -> Labels:
        """Return a copy of (k, j, i) ``labels`` with ``content`` (before or after) in the box."""
        copy = labels.copy()
        flat = np.frombuffer(zlib.decompress(content), dtype=np.uint8)
        copy[self.box] = flat.reshape(self.shape)
        return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One undoable step: its name, and the work before and after without its label maps."""

    name: str
    before: Work
    after: Work
    patch: LabelPatch | None
    provenance_before: Mapping[int, Provenance] | None
    provenance_after: Mapping[int, Provenance] | None


class History:
    """What has been done and undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def undo_name(self) -> str:
        """Name of the step that undo would take back; empty if there is none."""
        return self._done[-1].name if self._done else ""

    @property
    def redo_name(self) -> str:
        """Name of the step that redo would do again; empty if there is none."""
        return self._undone[-1].name if self._undone else ""

    @property
    def undo_opens_signed(self) -> bool:
        """Whether undo would give back locked cuts or change a mask: signatures speak of both."""
        if not self._done:
            return False
        step = self._done[-1]
        unlocks = step.after.locked and not step.before.locked
        return unlocks or step.patch is not None or step.provenance_before != step.provenance_after

    def clear(self) -> None:
        """Forget everything, as when another CT is opened."""
        self._done.clear()
        self._undone.clear()

    def push(self, name: str, before: Work, after: Work) -> None:
        """Remember a step from ``before`` to ``after``."""
        self._undone.clear()
        self._done.append(_step(name, before, after))
        del self._done[:-LIMIT]

    def undo(self, now: Work) -> Work:
        """Return the work before the last step; ``now`` if there is none."""
        if not self._done:
            return now
        step = self._done.pop()
        self._undone.append(step)
        patch = step.patch
        content = patch.before if patch else b""
        return _restored(now, step.before, patch, content, step.provenance_before)

    def redo(self, now: Work) -> Work:
        """Return the work after the step that was undone last; ``now`` if there is none."""
        if not self._undone:
            return now
        step = self._undone.pop()
        self._done.append(step)
        patch = step.patch
        content = patch.after if patch else b""
        return _restored(now, step.after, patch, content, step.provenance_after)


def changed_box(before: Labels, after: Labels) -> Box | None:
    """Smallest box in which two (k, j, i) label maps differ; None where they are equal."""
    slices = np.flatnonzero([not np.array_equal(a, b) for a, b in zip(before, after, strict=True)])
    if slices.size == 0:
        return None
    k = slice(int(slices[0]), int(slices[-1]) + 1)
    _, j, i = bounding_box(before[k] != after[k])
    return k, j, i


def _packed(labels: Labels) -> bytes:
    return zlib.compress(np.ascontiguousarray(labels).tobytes(), level=1)


def _labels(work: Work) -> Labels | None:
    """Return the work's labels; where it has none but a CT, a map without any label."""
    if work.segmentation is not None:
        return work.segmentation.labels
    return None if work.volume is None else np.zeros(work.volume.grid.shape, dtype=np.uint8)


def _provenance(work: Work) -> Mapping[int, Provenance] | None:
    return None if work.segmentation is None else work.segmentation.provenance


def _step(name: str, before: Work, after: Work) -> Step:
    patch = None
    if before.segmentation is not after.segmentation:
        old, new = _labels(before), _labels(after)
        patch = None if old is None or new is None else LabelPatch.between(old, new)
    return Step(
        name=name,
        before=replace(before, segmentation=None),
        after=replace(after, segmentation=None),
        patch=patch,
        provenance_before=_provenance(before),
        provenance_after=_provenance(after),
    )


def _restored(
    now: Work,
    target: Work,
    patch: LabelPatch | None,
    content: bytes,
    provenance: Mapping[int, Provenance] | None,
) -> Work:
    if provenance is None:
        return replace(target, segmentation=None)
    labels = _labels(now)
    if labels is None or target.volume is None:
        return target
    if patch is None and now.segmentation and now.segmentation.provenance == provenance:
        return replace(target, segmentation=now.segmentation)
    restored = labels if patch is None else patch.onto(labels, content)
    segmentation = Segmentation(grid=target.volume.grid, labels=restored, provenance=provenance)
    return replace(target, segmentation=segmentation)
