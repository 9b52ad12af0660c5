"""A tree's own code, read and parsed once: what the figures count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Callable_ = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@dataclass(frozen=True)
class Function:
    """One function of a module; its length is its body's, without the docstring."""

    source: Source
    node: Callable_
    public: bool

    @property
    def lines(self) -> int:
        body = self.node.body
        own = body[1:] if ast.get_docstring(self.node, clean=False) is not None else body
        return own[-1].end_lineno - own[0].lineno + 1 if own else 0

    @property
    def place(self) -> str:
        return f"{self.source.path}:{self.node.lineno} {self.node.name}"

    def annotations(self) -> Iterator[ast.expr]:
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        yield from (a.annotation for a in every if a.annotation is not None)
        if self.node.returns is not None:
            yield self.node.returns


def sources(root: Path, *folders: str) -> list[Source]:
    """Read every module of some folders of a checkout, in order, paths as from its root."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [Source(path.relative_to(root), path.read_text("utf-8")) for path in paths]


def functions(source: Source) -> Iterator[Function]:
    """Yield every function, those in classes and in functions too."""
    yield from _functions(source, source.tree, public=True)


def _functions(source: Source, inside: ast.AST, *, public: bool) -> Iterator[Function]:
    for node in ast.iter_child_nodes(inside):
        named = isinstance(node, Callable_ | ast.ClassDef)
        seen = public and not isinstance(inside, Callable_)
        open_ = seen and not (named and node.name.startswith("_"))
        if isinstance(node, Callable_):
            yield Function(source, node, open_)
        yield from _functions(source, node, public=open_)


def names_in(node: ast.AST) -> set[str]:
    """Every name that stands in an expression; a quoted annotation's too."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    found |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return found


def aliases(modules: list[Source]) -> dict[str, ast.expr]:
    """Every name that a module gives to an expression, such as a type."""
    found: dict[str, ast.expr] = {}
    for module in modules:
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    found[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    found[name] = value
    return found
