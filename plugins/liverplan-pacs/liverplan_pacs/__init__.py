"""Archives: where series come from and results go back to.

`open_archive` reads the configuration and returns something that can `find`, `fetch` and
`send`; which protocol lies behind it does not show.
"""

from liverplan_pacs.archive import Archive, FoundSeries
from liverplan_pacs.config import Settings, load_settings, open_archive

__all__ = ["Archive", "FoundSeries", "Settings", "load_settings", "open_archive"]
