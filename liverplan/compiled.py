"""Compiling with numba, wherever the program is installed: the only module that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def compiled(
    *,
    inline: Literal["never", "always"] = "never",
    fastmath: bool | set[str] = False,
    error_model: Literal["numpy", "python"] = "numpy",
    on_disk: bool = True,
) -> Callable[[F], F]:
    """Return a decorator that compiles a function at its first call, and frees other threads in it.

    The machine code is kept on disk where there is a place to write it, and made anew in each
    process where there is none, as in a read-only install without a home.

    Parameters
    ----------
    inline : str
        "always" copies the function into those that call it.
    fastmath : bool or set of str
        What the compiler may do to sums, such as reorder them; LLVM's words, or True for all.
    error_model : str
        What a division by zero gives: "numpy" an infinity, "python" an error.
    on_disk : bool
        Whether to look for a place to keep it.
    """

    def decorate(function: F) -> F:
        import numba  # noqa: PLC0415 - it takes half a second, which some spend in the background

        def jit(*, cache: bool) -> F:
            options = {"inline": inline, "fastmath": fastmath, "error_model": error_model}
            made: F = numba.njit(cache=cache, nogil=True, **options)(function)
            return made

        try:
            return jit(cache=on_disk)
        except RuntimeError:  # numba finds no folder for its cache
            return jit(cache=False)

    return decorate
