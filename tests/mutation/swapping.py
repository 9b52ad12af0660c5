"""A fault put into a module that is loaded already, so that nothing need be loaded again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType


def swap(module: Path, name: str, source: bytes, line: int) -> bool:
    """Give the functions that hold a line their code of another text; whether that could be done.

    It cannot where the line is the module's own or a class', or its function is compiled.
    """
    codes = list(_outermost(compile(source, str(module), "exec")))
    found = [code for code in codes if _first(code) <= line <= _last(code)]
    if not found:
        return False
    code = max(found, key=_first)
    holders = [
        function
        for function in gc.get_objects()
        if isinstance(function, FunctionType)
        and function.__module__ == name
        and function.__code__.co_qualname == code.co_qualname
        and function.__code__.co_firstlineno == code.co_firstlineno
    ]
    if not holders or any(_is_compiled(function) for function in holders):
        return False
    try:
        for function in holders:
            function.__code__ = code
    except ValueError:  # its closure is another
        return False
    return True


def _is_compiled(function: FunctionType) -> bool:
    return any(type(one).__module__.startswith("numba") for one in gc.get_referrers(function))


def _outermost(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of functions that lie in no other; a class' body is gone through."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = not inner.co_flags & 0x2  # no CO_NEWLOCALS
            if is_class:
                yield from _outermost(inner)
            elif not inner.co_name.startswith("<"):
                yield inner


def _first(code: CodeType) -> int:
    """The first line of the body: what stands in the line of its name is made before."""
    lines = {line for _, _, line in code.co_lines() if line is not None}
    return min(lines - {code.co_firstlineno}, default=code.co_firstlineno + 1)


def _last(code: CodeType) -> int:
    inner = [_last(one) for one in code.co_consts if isinstance(one, CodeType)]
    return max([line for _, _, line in code.co_lines() if line is not None] + inner)
