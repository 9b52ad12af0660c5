"""Small faults put into a module, one at a time, each at its place in the text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
RENAMED = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNSAID = (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom, ast.Global)
"""Words for people, and what cannot be wrong by a little."""


@dataclass(frozen=True)
class Mutant:
    """One fault: what stood where, and what stands there now."""

    line: int
    last_line: int
    statement: tuple[int, int]
    before: str
    after: str
    start: int
    end: int

    def put_into(self, source: bytes) -> bytes:
        """Return the module with its fault."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def mutants_of(source: bytes) -> list[Mutant]:
    """Every fault that is tried in a module, in the order of its text."""
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    found = []
    for node, changed, statement in _walk(ast.parse(source), None):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        found.append(
            Mutant(
                line=node.lineno,
                last_line=node.end_lineno,
                statement=(statement.lineno, statement.end_lineno),
                before=" ".join(source[start:end].decode().split()),
                after=changed,
                start=start,
                end=end,
            )
        )
    return sorted(found, key=lambda m: (m.start, m.end, m.after))


Change = tuple[ast.AST, str, ast.stmt]


def _walk(node: ast.AST, statement: ast.stmt | None) -> Iterator[Change]:
    if isinstance(node, UNSAID):
        if isinstance(node, ast.Raise):
            yield node, "pass", node
        return
    if isinstance(node, ast.stmt):
        statement = node
    if statement is not None:
        yield from ((node, changed, statement) for changed in _changes(node))
    for child in _parts(node):
        yield from _walk(child, statement)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what of a node runs: no annotation, no decorator, no docstring."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases", "slice", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _changes(node: ast.AST) -> Iterator[str]:
    """Yield what stands in a node's place, as text."""
    yield from _logic(node)
    yield from _numbers(node)
    yield from _left_out(node)


def _logic(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=ops):
            for n, op in enumerate(ops):
                others = [*ops[:n], SWAPPED[type(op)](), *ops[n + 1 :]]
                yield _bracketed(_with(node, ops=others))
        case ast.BoolOp(op=op):
            yield _bracketed(_with(node, op=SWAPPED[type(op)]()))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield _bracketed(operand)
        case ast.IfExp(test=test) if not isinstance(test, ast.Compare):
            yield _bracketed(_with(node, test=ast.UnaryOp(op=ast.Not(), operand=test)))
        case ast.Call(func=ast.Name(id=name)) if name in RENAMED:
            yield ast.unparse(_with(node, func=ast.Name(id=RENAMED[name])))


def _numbers(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield _bracketed(_with(node, op=SWAPPED[type(op)]()))
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() | float() as value):
            yield repr(value + 1)
            yield f"({value - 1!r})"


def _left_out(node: ast.AST) -> Iterator[str]:
    """Yield what is less: a sequence without its last, a function without its answer."""
    match node:
        case ast.Tuple(elts=[_, _, *_], ctx=ast.Load()):
            yield _bracketed(_with(node, elts=node.elts[:-1]))
        case ast.List(elts=[_, *_], ctx=ast.Load()) | ast.Set(elts=[_, _, *_]):
            yield ast.unparse(_with(node, elts=node.elts[:-1]))
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield "return None"
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return  # for the type checker; it never runs
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield "pass"


def _with(node: ast.AST, **changes: object) -> ast.AST:
    changed = copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _bracketed(node: ast.AST) -> str:
    return f"({ast.unparse(node)})"
