from .alignment import Alignment
from .comparison import Comparison, Row, compare, require_one_patient
from .confirming import Confirmation, confirm
from .examination import Examination, lengths_tenths
from .matching import Matching, Pair, match
from .registration import align
from .series import ConfirmedVisit, Visits
from .visits import FollowedVisit, baseline, follow

__all__ = [
    "Alignment",
    "Comparison",
    "Confirmation",
    "ConfirmedVisit",
    "Examination",
    "FollowedVisit",
    "Matching",
    "Pair",
    "Row",
    "Visits",
    "align",
    "baseline",
    "compare",
    "confirm",
    "follow",
    "lengths_tenths",
    "match",
    "require_one_patient",
]
