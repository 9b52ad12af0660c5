"""The shape of a JSON document, described once: what reads it checks by it, and it is published.

A shape says what is wrong with a value, in words, and prints itself as JSON Schema (draft 2020-12).
"""

from liverplan.shape.kinds import (
    Defined,
    Either,
    Fields,
    Flag,
    Items,
    Json,
    Named,
    Null,
    Number,
    OneOf,
    Shape,
    Text,
    Whatever,
    Whole,
)
from liverplan.shape.published import published
from liverplan.shape.typed import defaulted, fields_of, maybe, shape_of

__all__ = [
    "Defined",
    "Either",
    "Fields",
    "Flag",
    "Items",
    "Json",
    "Named",
    "Null",
    "Number",
    "OneOf",
    "Shape",
    "Text",
    "Whatever",
    "Whole",
    "defaulted",
    "fields_of",
    "maybe",
    "published",
    "shape_of",
]
