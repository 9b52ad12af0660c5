"""The shape of a state's document, checked before anything in it is used.

A document whose hash is right may still hold anything: whoever may write the folder can make one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from liverplan.case.documents import Json
from liverplan.errors import CaseError

OBJECT = re.compile(r"[0-9a-f]{64}\.(json|nii\.gz)")
"""The name of an object: nothing that leads out of the case's folder has it."""


def require_shape(state: Json) -> None:
    """Refuse a state, of today's schema, that holds what no state holds.

    Raises
    ------
    CaseError
        Naming the part.
    """
    sound = {
        "ct": state.get("ct") is None or _is_image(state["ct"]),
        "segmentation": state.get("segmentation") is None or _is_image(state["segmentation"]),
        "plan": isinstance(state.get("plan"), dict),
        "biopsied": _is_list_of(state.get("biopsied"), int),
        "signatures": _is_list_of(state.get("signatures"), dict),
        "maps": _are_values(state.get("maps"), _is_image),
        "documents": _are_values(state.get("documents"), _is_object),
    }
    wrong = [name for name, holds in sound.items() if not holds]
    if wrong:
        raise CaseError(f"The case's state cannot be understood: {' and '.join(wrong)} is damaged.")


def _is_object(name: Json) -> bool:
    return isinstance(name, str) and OBJECT.fullmatch(name) is not None


def _is_image(part: Json) -> bool:
    return isinstance(part, dict) and _is_object(part.get("file")) and "grid" in part


def _is_list_of(values: Json, kind: type) -> bool:
    return isinstance(values, list) and all(isinstance(value, kind) for value in values)


def _are_values(values: Json, sound: Callable[[Json], bool]) -> bool:
    return isinstance(values, dict) and all(map(sound, values.values()))
