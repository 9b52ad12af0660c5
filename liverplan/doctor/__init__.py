"""``liverplan doctor``: what works here, what lacks, and the exact line that mends it.

It looks and tries; it installs nothing, asks no server and opens no window.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
