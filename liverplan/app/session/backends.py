"""Which methods can do a thing here, and what the others still need; asked for in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.choice_box import Choice
from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.session import Topic
from liverplan.installed import in_own_way
from liverplan.segmentation.backends import Method
from liverplan.workflow import DEFAULT_BACKEND

BUILT_IN = {
    "network": en("Built-in network"),
    "classical": en("Built-in method without a network"),
    "both": en("Built-in network, and where the other method differs"),
}

Find = Callable[[], Mapping[str, Method]]


class Backends(QObject):
    """Looks once for back ends, when the first CT is open: loading them can take a while.

    Attributes
    ----------
    choices : tuple of Choice
        The built-in ones first.
    chosen : str
        The name of the one that does it next.
    """

    changed = Signal()

    def __init__(
        self, context: Context, key: str, find: Find, first: str = DEFAULT_BACKEND
    ) -> None:
        super().__init__()
        self._session, self._jobs = context.session, context.jobs
        self._key, self._find = key, find
        self.choices: tuple[Choice, ...] = (_choice(first),)
        self.chosen = first
        self._asked = False
        self._session.subscribe(self._session_changed)

    def choose(self, name: str) -> None:
        """Let this one do it from now on."""
        if name != self.chosen:
            self.chosen = name
            self.changed.emit()

    def _session_changed(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics and not self._asked and self._session.work.volume is not None:
            self._asked = True
            self._jobs.follow(self._key, self._look, self._found)

    def _look(self, _report: Progress, _cancel: threading.Event) -> tuple[Choice, ...]:
        return look(self._find)

    def _found(self, choices: tuple[Choice, ...]) -> None:
        self.choices = choices
        self.changed.emit()


def look(find: Find) -> tuple[Choice, ...]:
    """Return every back end that is installed, the built-in ones first."""
    return tuple(_choice(name, _lacks(method)) for name, method in find().items())


def _choice(name: str, lacks: str = "") -> Choice:
    return Choice(name=name, called=BUILT_IN.get(name, ""), lacks=lacks)


def _lacks(method: Method) -> str:
    try:
        return in_own_way("; ".join(method.missing()))
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way
        return tr("mending: it cannot say what it needs ({kind})", kind=type(error).__name__)
