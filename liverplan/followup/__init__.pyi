from .matching import Matching, Pair, match
from .registration import Alignment, align
from .visits import FollowedVisit, baseline, follow

__all__ = [
    "Alignment",
    "FollowedVisit",
    "Matching",
    "Pair",
    "align",
    "baseline",
    "follow",
    "match",
]
