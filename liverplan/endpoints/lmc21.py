"""Scores of the EORTC QLQ-LMC21, the module for liver metastases, from its 21 answers.

Items are numbered 31-51, as they follow the QLQ-C30's. The questionnaire is copyrighted: its use
needs EORTC's permission, and its text is not here. It was validated in colorectal metastases
(Blazeby et al., Br J Surg 2009); the scales are that paper's four and nine single items.

Checked: items, directions and the rule for unanswered items against the published program of R's
PROscorer (tests/endpoints). Not checked, since neither is public: EORTC's own scoring manual of the
module, and that the printed form numbers its items 31-51 in this order; compare them before use.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liverplan.endpoints.quality_of_life import Scale, scored

# raybaser/PROscorer, qlq_lmc21: items 1-21 there are 31-51 here
_SCALES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("nutritional problems", (31, 32)),
    ("lack of activity", (37, 43, 44)),
    ("abdominal and back pain", (39, 40, 42)),
    ("emotional problems", (47, 48, 49, 50)),
    ("weight loss", (33,)),
    ("taste", (34,)),
    ("dry mouth", (35,)),
    ("sore mouth", (36,)),
    ("peripheral neuropathy", (38,)),
    ("jaundice", (41,)),
    ("contact with friends", (45,)),
    ("talking about feelings", (46,)),
    ("sex life", (51,)),
)

QLQ_LMC21: Mapping[str, Scale] = MappingProxyType(
    {name: Scale(name=name, items=items, kind="symptom") for name, items in _SCALES}
)
"""The thirteen scales by name, all of symptoms; between them they use every item once."""


def score_qlq_lmc21(answers: Mapping[int, int]) -> dict[str, float | None]:
    """Score one filled module: 0-100 by scale, high is bad; None if under half is answered.

    Parameters
    ----------
    answers : mapping of int to int
        Answer (1-4) by item number (31-51); leave out what is unanswered.

    Raises
    ------
    InputError
        If an item or an answer does not exist.
    """
    return scored(answers, QLQ_LMC21, name="QLQ-LMC21")
