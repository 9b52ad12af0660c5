"""The shape of a frozen dataclass that is written field by field, from its types."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from liverplan.shape.kinds import (
    Either,
    Fields,
    Flag,
    Items,
    Named,
    Null,
    Number,
    OneOf,
    Shape,
    Text,
    Whatever,
    Whole,
)

_PLAIN: Mapping[object, Shape] = {
    str: Text(), int: Whole(), float: Number(), bool: Flag(), NoneType: Null(), Any: Whatever(),
}  # fmt: skip


def fields_of(
    kind: type, *, may: Collection[str] = (), others: bool = False, **instead: Shape
) -> Fields:
    """Return the shape of a dataclass written as its fields by their names.

    Parameters
    ----------
    kind : type
        The dataclass.
    may : collection of str
        Fields that may lack.
    others : bool
        Whether other values may stand beside them.
    **instead : Shape
        Shapes of fields, or of further values, of which the types say less.
    """
    hints = get_type_hints(kind)
    own = {f.name: instead.get(f.name) or shape_of(hints[f.name]) for f in fields(kind)}
    shapes = {**own, **instead}
    return Fields(
        needs={name: shape for name, shape in shapes.items() if name not in may},
        may={name: shape for name, shape in shapes.items() if name in may},
        others=others,
    )


def shape_of(hint: Any) -> Shape:  # noqa: ANN401 - a type is no value of one type
    """Return the shape in which JSON holds a value of a type.

    Raises
    ------
    TypeError
        If values of that type are not written as they are.
    """
    if hint in _PLAIN:
        return _PLAIN[hint]
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin is Literal:
            return OneOf(arguments)
        case origin if origin in (Union, UnionType):
            return Either(tuple(sorted(map(shape_of, arguments), key=_nothing_first)))
        case origin if origin is tuple:
            return _items(arguments)
        case origin if origin is not None and issubclass(origin, Mapping):
            return Named(of=shape_of(arguments[1]))
    return fields_of(hint)


def defaulted(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass that older documents may lack, as they have a default."""
    return tuple(
        f.name for f in fields(kind) if f.default is not MISSING or f.default_factory is not MISSING
    )


def maybe(shape: Shape) -> Shape:
    """Return the shape, or nothing."""
    return Either((Null(), shape))


def _items(kinds: tuple[Any, ...]) -> Shape:
    of, *others = kinds
    if others == [Ellipsis]:
        return Items(of=shape_of(of))
    if set(others) - {of}:
        raise TypeError(f"a tuple of {kinds} is not written as it is")
    return Items(of=shape_of(of), least=len(kinds), most=len(kinds))


def _nothing_first(shape: Shape) -> bool:
    """Faults are said of the last kind: it must be the one that is not null."""
    return shape != Null()
