"""What a label means, by its name; and which labels of a file serve, or a refusal that lists them.

A file that has one label, or says what its labels are, needs no more. Otherwise the user must say
it: an organ that is taken for liver, or a cyst for a metastasis, changes the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from liverplan.errors import InputError

Meaning = Literal["liver", "lesion", "other", "unsaid"]
Labels = tuple[int | str, ...]
"""Labels that a user names: by number, or as the file calls them."""

MOST_LISTED = 40
_PARTS = re.compile(r"[^\W\d_]+")
_LIVER = frozenset({"liver", "lever", "hepar", "leber", "foie"})
_OF_LIVER = frozenset({*_LIVER, "hepatic", "hepatisk", "leverns", "whole", "hela", "parenchyma"})
_LESION = re.compile(
    r"(liver|lever)?(metasta[sz]\w*|tum(o|ou|ö)r\w*|lesions?|crlm|hcc|neoplasm\w*|cancer|carcinoma"
    r"|adenocarcinoma|malignan\w*|mets?)"
)
_BENIGN = re.compile(
    r"\w*cyst\w*|\w*cysta|h(a)?emangiom\w*|hamartom\w*|abscess\w*|benign\w*|thromb\w*|ablat\w*|fnh"
    r"|h(a)?ematom\w*|oedema|edema|calcif\w*|necros\w*|scar"
)
_ELSEWHERE = re.compile(
    r"spleen|splenic|mjälte\w*|milz|kidney\w*|renal|njur\w*|niere\w*|adrenal|pancrea\w*|bukspott\w*"
    r"|stomach|gastric|magsäck\w*|duodenum|bowel|colon|colorectal|rect(um|al)|lungs?|pulmonary|lunga"
    r"|heart|aorta\w*|gallbladder|gallblåsa\w*|bile|biliary|vein\w*|vessel\w*|artery|arteries|cava"
    r"|portal|bones?|bony|skeletal|vertebra\w*|ribs?|spine|muscle\w*|skin|body|fat|ureter|bladder"
    r"|prostate|uterus|ovar\w*|esophagus|oesophagus|brain|breast|thyroid|lymph\w*|nodes?|background"
    r"|remnant|resected|segments?|lobe|ascites"
)


def meaning_of(name: str) -> Meaning:
    """Return what a label means by its name: "kidney tumour" and "cyst" are no metastasis."""
    words = [word.lower() for word in _PARTS.findall(name)]
    if any(_BENIGN.fullmatch(w) or _ELSEWHERE.fullmatch(w) for w in words):
        return "other"
    if any(_LESION.fullmatch(word) for word in words):
        return "lesion"
    liver = any(word in _LIVER for word in words) and all(word in _OF_LIVER for word in words)
    return "liver" if liver else "unsaid"


def asked_for(labels: Labels, names: Mapping[int, str], path: Path) -> tuple[int, ...]:
    """Return the numbers of the labels that a user names, by number or as the file calls them.

    Raises
    ------
    InputError
        If the file has no such label; the sentence lists those that it has.
    """
    found: list[int] = []
    for label in labels:
        same = [n for n, name in names.items() if str(label).lower() in {str(n), name.lower()}]
        if not same:
            raise InputError(f"{path.name} has no label {label}; it has {listed(names)}.")
        found += same
    return tuple(dict.fromkeys(found))


def livers_of(
    names: Mapping[int, str], meanings: Mapping[int, Meaning], path: Path
) -> tuple[int, ...]:
    """Return the labels that make the whole liver: it, with the metastases in it.

    Raises
    ------
    InputError
        If the file has several labels and does not say which is the liver.
    """
    if "liver" in meanings.values():
        return tuple(n for n in names if meanings[n] in {"liver", "lesion"})
    if len(names) == 1 and "unsaid" in meanings.values():
        return tuple(names)
    raise _unclear(names, path, "liver", "--liver")


def lesions_of(
    names: Mapping[int, str], meanings: Mapping[int, Meaning], path: Path
) -> tuple[int, ...]:
    """Return the labels that are metastases; all of them, in a file that says nothing of any.

    Raises
    ------
    InputError
        If the file says what its labels are, and none is a metastasis of the liver.
    """
    if "lesion" in meanings.values():
        return tuple(n for n in names if meanings[n] == "lesion")
    if all(meaning == "unsaid" for meaning in meanings.values()):
        return tuple(names)
    raise _unclear(names, path, "metastases", "--lesions")


def listed(names: Mapping[int, str]) -> str:
    """List labels with their names, for a sentence."""
    shown = [f"{n} ({name[:40]})" if name else str(n) for n, name in names.items()]
    more = f" and {len(shown) - MOST_LISTED} more" if len(shown) > MOST_LISTED else ""
    return ", ".join(shown[:MOST_LISTED]) + more


def _unclear(names: Mapping[int, str], path: Path, what: str, option: str) -> InputError:
    several: Sequence[int] = tuple(names)
    example = ",".join(str(n) for n in several[: 1 if what == "liver" else 2])
    return InputError(
        f"{path.name} does not say which of its labels is the {what}; it has {listed(names)}. "
        f"Choose with {option} {path.name}:{example} or by name."
    )
