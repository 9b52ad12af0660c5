"""Shapes as JSON Schema documents."""

from __future__ import annotations

from liverplan.shape.kinds import Json, Parts, Shape

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def published(shape: Shape, *, name: str, title: str) -> Json:
    """Return the JSON Schema document (draft 2020-12) of a shape.

    Parameters
    ----------
    shape : Shape
        What is accepted.
    name : str
        Of the schema, e.g. "liverplan.state/3".
    title : str
        What it is of, in words.
    """
    parts: Parts = {}
    written = shape.schema(parts)
    defined = {"$defs": parts} if parts else {}
    return {"$schema": DRAFT, "$id": f"urn:{name.replace('/', ':')}", "title": title} | (
        written | defined
    )
