"""The values of a header, by keyword, with a list of what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag, Tag

PLAIN_VRS = frozenset({"AS", "CS", "DA", "DS", "IS", "TM", "UI", "US"})
"""Kinds of value that are plain ASCII, or one 16-bit number, in every character set."""
WORD_VRS = frozenset({"LO", "SH"})
"""Words in the file's character set."""
NOT_ALIKE = re.compile(rb"[^ -\[\]-}]")
"""What character sets do not have in common: all beyond ASCII, its controls, and \\ and ~, which
are a yen and a line in Japanese."""


class Values:
    """Typed access to a header's elements that collects what is wrong with them."""

    def __init__(self, dataset: pydicom.Dataset) -> None:
        self.dataset = dataset
        self.faults: list[str] = []

    def text(self, keyword: str) -> str:
        """Return a text; empty if absent."""
        value = self._get(keyword)
        return "" if value is None else str(value).strip().strip("\0")

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return a list of texts; empty if absent."""
        value = self._get(keyword)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        return tuple(str(item).strip() for item in items)

    def whole(self, keyword: str, default: int) -> int:
        """Return a whole number."""
        value = self._get(keyword)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            self.faults.append(f"its {keyword} is not a whole number")
            return default

    def number(self, keyword: str, default: float) -> float:
        """Return a finite number."""
        numbers = self.numbers(keyword, 1)
        return numbers[0] if numbers else default

    def numbers(self, keyword: str, count: int) -> tuple[float, ...]:
        """Return ``count`` finite numbers, or none, with a fault unless the element is empty."""
        value = self._get(keyword)
        if value is None or value == "":
            return ()
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        try:
            numbers = tuple(float(item) for item in items)
        except (TypeError, ValueError):
            numbers = (math.nan,)
        if len(numbers) != count or not all(math.isfinite(n) for n in numbers):
            self.faults.append(
                f"its {keyword} is not {'a number' if count == 1 else f'{count} numbers'}"
            )
            return ()
        return numbers

    def _get(self, keyword: str) -> Any:  # noqa: ANN401 - whatever the element holds
        """Return an element's value; None if absent."""
        try:
            tag = _tag(keyword)
            raw = self.dataset.get_item(tag)
            if isinstance(raw, RawDataElement) and _is_plain(raw, keyword):
                return _plain(raw, keyword)
            return None if raw is None else self.dataset[tag].value
        except Exception:  # noqa: BLE001 - converting a hostile value can raise anything
            self.faults.append(f"its {keyword} cannot be read")
            return None


@cache
def _tag(keyword: str) -> BaseTag:
    return Tag(keyword)


def _is_plain(raw: RawDataElement, keyword: str) -> bool:
    vr = _vr_of(raw, keyword)
    return vr in PLAIN_VRS or (vr in WORD_VRS and not NOT_ALIKE.search(raw.value or b""))


def _vr_of(raw: RawDataElement, keyword: str) -> str:
    return str(raw.VR or dictionary_VR(keyword))


def _plain(raw: RawDataElement, keyword: str) -> str | list[str] | int | None:
    """Decode the few plain kinds of value, ten times as fast as building their objects."""
    data = raw.value or b""
    if _vr_of(raw, keyword) == "US":
        order: Literal["little", "big"] = "little" if raw.is_little_endian else "big"
        if len(data) not in {0, 2}:
            raise ValueError
        return int.from_bytes(data, order) if data else None
    text = data.decode("ascii").strip(" \0")
    if "\\" in text:
        return text.split("\\")
    return text or None
