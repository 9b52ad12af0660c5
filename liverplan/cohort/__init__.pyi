from .endpoints import write_endpoints
from .in_short import in_short
from .manifest import COLUMNS, Job, read_manifest
from .odm import export_odm, import_odm
from .overview import Overview, overview
from .run import CohortSummary, run_cohort
from .trial_files import TrialFiles

__all__ = [
    "COLUMNS",
    "CohortSummary",
    "Job",
    "Overview",
    "TrialFiles",
    "export_odm",
    "import_odm",
    "in_short",
    "overview",
    "read_manifest",
    "run_cohort",
    "write_endpoints",
]
