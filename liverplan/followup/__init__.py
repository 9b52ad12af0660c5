"""Two examinations of one patient: lay one liver on the other, and tell which lesion is which.

`align` finds how the liver moved between two dates; `match` proposes pairs, vanished and new
lesions, which a person confirms; `visits_of` makes RECIST visits of confirmed pairs.
"""

from liverplan.followup.matching import Matching, Pair, match, visits_of
from liverplan.followup.registration import Alignment, align

__all__ = ["Alignment", "Matching", "Pair", "align", "match", "visits_of"]
