"""Compiling with numba, wherever the program is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(
    *, inline: bool = False, fastmath: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that compiles a function at its first call.

    The machine code is kept on disk where there is a place to write it, and made anew in each
    process where there is none, as in a read-only install without a home. ``fastmath`` lets sums be
    reordered.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if inline:
        options["inline"] = "always"
    if fastmath:
        options["fastmath"] = True

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
        except RuntimeError:  # numba finds no folder for its cache
            return numba.njit(**options)(function)  # type: ignore[no-any-return]

    return decorate
