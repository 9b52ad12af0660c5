"""Seeded mutations of a JSON document: one value, key or item is made another."""

from __future__ import annotations

import copy
import random

HUGE = 10**28
VALUES = (
    None, True, False, 0, -1, 1, 2, 255, 256, 0.3, -0.0, 1e300, -1e300, 1e-300, HUGE, "", " ", "x",
    "9" * 5000, "a" * 100_000, "\x00\x1b[31m\u202e\u200b\n", "/etc/passwd", "../../case.json",
    "NaN", "2026-13-45", "eligible", "met", "not met", "for", "against", "0" * 64,
    "f" * 64 + ".json", [], {}, [[]], [1, "a"], {"key": "x"}, {"key": "x", "values": {}}, ["M1"],
)  # fmt: skip

RAW = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 5000,
    b"[" * 5000 + b"]" * 5000, b"[" * 300 + b"]" * 300, b'{"a":' * 5000,
    b'"\\ud800"', b'{"a":1,"a":2}', b"01", b"\xff",
    b"-" + b"9" * 4200,
)  # fmt: skip
"""What no value of Python is written as."""

MARK = "put bytes here"


def mutated(document, rng: random.Random):
    """Return the document with one thing changed, and what was done; the document stays."""
    root = [copy.deepcopy(document)]
    holder, key = rng.choice(list(_places(root)))
    way = rng.choice(tuple(WAYS))
    return WAYS[way](root, holder, key, rng), way


def written(document, rng: random.Random, dump) -> bytes:
    """Return the mutated document's bytes, some with bytes in it that are no JSON of ours."""
    changed, _ = mutated(document, rng)
    if rng.random() < 0.85:
        return dump(changed)
    holder, key = rng.choice(list(_places(root := [changed])))
    holder[key] = MARK
    return dump(root[0]).replace(f'"{MARK}"'.encode(), rng.choice(RAW))


def _places(holder):
    """Every place below a list or a table, as holder and key."""
    for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
        yield holder, key
        if isinstance(holder[key], dict | list):
            yield from _places(holder[key])


def _replaced(root, holder, key, rng):
    holder[key] = copy.deepcopy(rng.choice(VALUES))
    return root[0]


def _nudged(root, holder, key, rng):
    value = holder[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _replaced(root, holder, key, rng)
    holder[key] = rng.choice((value + 1, -value, value * 1.01, value * 10, value + 0.5))
    return root[0]


def _removed(root, holder, key, _rng):
    if holder is not root:
        del holder[key]
    return root[0]


def _renamed(root, holder, key, rng):
    if isinstance(holder, dict):
        holder[rng.choice((key.upper(), key + "_", "\x1b[2J", "", "x" * 3000))] = holder.pop(key)
    return root[0]


def _moved(root, holder, _key, rng):
    if isinstance(holder, list):
        rng.shuffle(holder)
    return root[0]


def _doubled(root, holder, key, _rng):
    if isinstance(holder, list) and holder is not root:
        holder.insert(key, copy.deepcopy(holder[key]))
    return root[0]


def _swapped(root, holder, key, rng):
    other, place = rng.choice(list(_places(root)))
    holder[key] = copy.deepcopy(other[place])
    return root[0]


def _added(root, holder, key, rng):
    inner = holder[key] if isinstance(holder[key], dict) else None
    if inner is not None:
        inner[rng.choice(("extra", "__class__", "schema2"))] = copy.deepcopy(rng.choice(VALUES))
    return root[0]


WAYS = {
    "replaced": _replaced,
    "nudged": _nudged,
    "removed": _removed,
    "renamed": _renamed,
    "moved": _moved,
    "doubled": _doubled,
    "swapped": _swapped,
    "added": _added,
}
