"""The options that point at metastases: clicks, axes, boxes, and what is none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from liverplan import workflow
from liverplan.cli.options import read_numbers

if TYPE_CHECKING:
    from liverplan.segmentation import Prompt

CLICK, ENDS, BOTH_AXES = 3, 6, 12


def read_prompts(
    lesions: Sequence[str], boxes: Sequence[str], denied: Sequence[str]
) -> tuple[Prompt, ...]:
    """Read the options `--lesion`, `--lesion-box` and `--not-lesion`."""
    if not (lesions or boxes or denied):
        return ()
    return workflow.prompts_of(
        [read_numbers(text, _numbers(text), "--lesion") for text in lesions],
        [read_numbers(text, ENDS, "--lesion-box") for text in boxes],
        [read_numbers(text, CLICK, "--not-lesion") for text in denied],
    )


def _numbers(text: str) -> int:
    """Count how many numbers are to be read: a click's, a long axis', or both axes'."""
    count = text.count(",") + 1
    return count if count in (ENDS, BOTH_AXES) else CLICK
