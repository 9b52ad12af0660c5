"""Volume -> Segmentation: liver, metastases, vessels; automatic, corrected or given."""

from liverplan.segmentation.labels import Provenance, Segmentation

__all__ = ["Provenance", "Segmentation"]
