"""Which methods can find the liver here, and what the others still need; asked for in a thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.installed import in_own_way
from liverplan.segmentation import backends
from liverplan.workflow import DEFAULT_BACKEND

BUILT_IN = {
    "network": en("Built-in network"),
    "classical": en("Built-in method without a network"),
    "both": en("Built-in network, and where the other method differs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A back end by its name, and what it lacks; nothing if it can run."""

    name: str
    lacks: str = ""

    @property
    def title(self) -> str:
        """How the list shows it."""
        name = tr(BUILT_IN.get(self.name, self.name))
        return tr("{name}: needs {what}", name=name, what=self.lacks) if self.lacks else name


class Backends(QObject):
    """Looks once for back ends, when the first CT is open: loading them can take a while.

    Attributes
    ----------
    choices : tuple of Choice
        The built-in ones first.
    chosen : str
        The name of the one that finds the liver next.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self.choices: tuple[Choice, ...] = (Choice(name=DEFAULT_BACKEND),)
        self.chosen = DEFAULT_BACKEND
        self._asked = False
        self._session.subscribe(self._session_changed)

    def choose(self, name: str) -> None:
        """Find the liver with this one from now on."""
        self.chosen = name
        self.changed.emit()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics and not self._asked and self._session.work.volume is not None:
            self._asked = True
            self._jobs.follow("backends", look, self._found)

    def _found(self, choices: tuple[Choice, ...]) -> None:
        self.choices = choices
        self.changed.emit()


def look(_report: Progress, _cancel: threading.Event) -> tuple[Choice, ...]:
    """Return every back end that is installed, the built-in ones first."""
    return tuple(
        Choice(name=name, lacks=_lacks(segmenter))
        for name, segmenter in backends.find_segmenters().items()
    )


def _lacks(segmenter: backends.Segmenter) -> str:
    try:
        return in_own_way("; ".join(segmenter.missing()))
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
        return tr("mending: it cannot say what it needs ({kind})", kind=type(error).__name__)
