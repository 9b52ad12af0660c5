"""VTK's OpenGL context, lent for a moment: whoever's was current gets its own back.

Qt keeps in mind which context it made current and does not ask again. While VTK's stayed current
behind its back, Qt and napari drew and deleted in VTK's context: buffers that have the same number
there. After a second CT the 3D view then showed the liver before it, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from PySide6.QtGui import QOpenGLContext
from vtkmodules.vtkRenderingCore import vtkRenderWindow

P = ParamSpec("P")
R = TypeVar("R")


class Drawn(Protocol):
    """What draws into a VTK window."""

    window: vtkRenderWindow


S = TypeVar("S", bound=Drawn)


@contextmanager
def own_context(window: vtkRenderWindow) -> Iterator[None]:
    """Make a VTK window's context current, and afterwards the one that was."""
    theirs = QOpenGLContext.currentContext()
    surface = theirs.surface() if theirs is not None else None
    window.MakeCurrent()
    try:
        yield
    finally:
        window.ReleaseCurrent()
        if theirs is not None and surface is not None:
            theirs.makeCurrent(surface)


def in_own_context(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let a method of what draws work in its own window's context."""

    @wraps(method)
    def within(self: S, /, *args: P.args, **named: P.kwargs) -> R:
        with own_context(self.window):
            return method(self, *args, **named)

    return within
