"""Two examinations of one patient: lay one liver on the other, and tell which lesion is which.

`align` finds how the liver moved between two dates; `match` proposes pairs, vanished and new
lesions, which a person confirms or corrects; `baseline` and `follow` make RECIST visits of them.
"""

from liverplan.followup.matching import Matching, Pair, match
from liverplan.followup.registration import Alignment, align
from liverplan.followup.visits import FollowedVisit, baseline, follow

__all__ = ["Alignment", "FollowedVisit", "Matching", "Pair", "align", "baseline", "follow", "match"]
