"""What the room offers: every public function of its modules, and nothing else."""

import importlib
import pkgutil
import re

import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan import endpoints

INNER = {
    "documents", "firth", "hazards", "inputs", "likelihood", "tables",
    "design", "populations", "progression",
}  # fmt: skip
"""Modules that others of the room are made of, and rooms with lists of their own."""

BESIDE = {
    "after_the_end", "centres_of", "compared_by", "contradictions", "crossings", "entries_of",
    "late_entry", "look",
    "prediction", "require_followed", "scored", "survival_before",
}  # fmt: skip
"""Parts that the endpoints are made of; ``prediction`` would hide the module of its name."""


def test_every_public_function_of_the_modules_is_offered():
    found = set()
    for module in pkgutil.iter_modules(endpoints.__path__):
        if module.name not in INNER:
            loaded = importlib.import_module(f"liverplan.endpoints.{module.name}")
            found |= {
                name
                for name, item in vars(loaded).items()
                if re.match("[a-z]", name)
                and callable(item)
                and getattr(item, "__module__", "") == loaded.__name__
            }
    assert found - BESIDE == {name for name in endpoints.__all__ if name[0].islower()}


def test_what_is_offered_is_there():
    assert [name for name in endpoints.__all__ if not hasattr(endpoints, name)] == []
