"""A fault put into a module that is loaded already, so that nothing need be loaded again."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
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
        for function in _functions(vars(sys.modules[name]), name)
        if function.__code__.co_qualname == code.co_qualname
        and function.__code__.co_firstlineno == code.co_firstlineno
    ]
    if not holders:
        return False
    try:
        for function in holders:
            function.__code__ = code
    except ValueError:  # its closure is another
        return False
    return True


def is_compiled(source: bytes, line: int) -> bool:
    """Whether a line is of a function that numba compiles."""
    return any(
        node.lineno <= line <= (node.end_lineno or node.lineno)
        and any("compiled" in ast.unparse(one) for one in node.decorator_list)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    )


def _functions(names: Mapping[str, object], module: str) -> Iterator[FunctionType]:
    """Yield a module's plain functions, those of its classes too; compiled ones are none."""
    for value in list(names.values()):
        match value:
            case type() if value.__module__ == module:
                yield from _functions(vars(value), module)
            case property():
                yield from (f for f in (value.fget, value.fset) if isinstance(f, FunctionType))
            case staticmethod() | classmethod():
                yield value.__func__
            case cached_property():
                yield value.func
            case FunctionType() if value.__module__ == module:
                yield inspect.unwrap(value)
            case _ if isinstance(inner := getattr(value, "__wrapped__", None), FunctionType):
                yield inner


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
