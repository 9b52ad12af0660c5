"""Two examinations of one patient: lay one liver on the other, and tell which lesion is which.

`align` finds how the liver moved between two dates; `match` proposes pairs, vanished and new
lesions, which a person confirms or corrects; `baseline` and `follow` make RECIST visits of them.
`compare` does all of it for two `Examination` values and holds what a person says; the `Visits`
that come of it are what a case keeps.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
