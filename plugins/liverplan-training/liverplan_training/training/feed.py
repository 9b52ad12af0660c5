"""Batches made beside the training on a GPU, or in turn with it on the processor."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from liverplan_training.training.patches import Patch, Patches

AHEAD = 3
"""Batches kept ready."""
PATIENCE_S = 0.5


@contextmanager
def feed(patches: Patches, batch: int, device: torch.device) -> Iterator[Iterator[Patch]]:
    """Give an endless iterator over batches, in the same order on every device."""
    if device.type != "cuda":
        yield iter(lambda: patches.batch(batch), None)
        return
    ready: queue.Queue[Patch | BaseException] = queue.Queue(maxsize=AHEAD)
    done = threading.Event()
    maker = threading.Thread(target=_make, args=(patches, batch, ready, done), daemon=True)
    maker.start()
    try:
        yield _taken(ready)
    finally:
        done.set()
        maker.join()


def _make(
    patches: Patches, batch: int, ready: queue.Queue[Patch | BaseException], done: threading.Event
) -> None:
    """Make batches on a stream of their own until all is done; a fault is handed on."""
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    while not done.is_set():
        made: Patch | BaseException
        try:
            with torch.cuda.stream(stream):
                made = patches.batch(batch)
            stream.synchronize()
        except BaseException as fault:  # noqa: BLE001 - raised again where batches are taken
            made = fault
        _offer(made, ready, done)
        if isinstance(made, BaseException):
            return


def _offer(
    made: Patch | BaseException,
    ready: queue.Queue[Patch | BaseException],
    done: threading.Event,
) -> None:
    while not done.is_set():
        try:
            ready.put(made, timeout=PATIENCE_S)
        except queue.Full:
            continue
        return


def _taken(ready: queue.Queue[Patch | BaseException]) -> Iterator[Patch]:
    while True:
        made = ready.get()
        if isinstance(made, BaseException):
            raise made
        for tensor in (made.hu, made.classes, made.lesion, made.known):
            tensor.record_stream(torch.cuda.current_stream())
        yield made
