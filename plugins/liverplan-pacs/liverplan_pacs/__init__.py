"""DICOMweb and DIMSE for liverplan: `open_archives` is what its entry point names."""

from liverplan_pacs.archives import open_archives
from liverplan_pacs.config import Settings, load_entries, load_settings

__all__ = ["Settings", "load_entries", "load_settings", "open_archives"]
