"""A conversation that goes on from one prompt to the next, while the same CT is looked at."""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from numpy.typing import NDArray

from liverplan.errors import BackendError
from liverplan.volume import Volume
from liverplan_nninteractive.conversation import Conversation
from liverplan_nninteractive.settings import Settings


class Live:
    """Keeps the last conversation where the server keeps the CT for us alone.

    A server that keeps one image for everybody (SlicerNNInteractive's) is sent the CT at each
    prompt: another program's could have taken its place, and nothing would tell.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._waiting = _Waiting()
        self._talk: Conversation | None = None
        self._settings: Settings | None = None
        self._image: weakref.ref[NDArray[Any]] | None = None
        atexit.register(self.close)

    @contextmanager
    def about(
        self, volume: Volume, settings: Settings, cancel: Event | None
    ) -> Iterator[Conversation]:
        """Yield a conversation about a new object on a CT.

        One that fails or is stopped is not gone on with.
        """
        with self._turn:
            self._waiting.event = cancel
            try:
                talk = self._begun(volume, settings)
                yield talk
            except Exception:
                self.close()
                raise
            if not talk.ours:
                self.close()

    def _begun(self, volume: Volume, settings: Settings) -> Conversation:
        talk = self._talk
        if talk is not None and self._settings == settings and self._image is not None:
            try:
                if self._image() is volume.hu:
                    talk.start_over()
                    return talk
            except BackendError:
                pass  # the server has given our place away meanwhile: another one is asked for
        self.close()
        self._talk = talk = Conversation(volume, settings, self._waiting)
        self._settings, self._image = settings, weakref.ref(volume.hu)
        talk.start_over()
        return talk

    def close(self) -> None:
        """End it."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.close()


class _Waiting:
    """Whether the person who waits now has stopped."""

    event: Event | None = None

    def is_set(self) -> bool:
        return self.event is not None and self.event.is_set()
