"""Many patients: assess a manifest of them on any Dask cluster, overview a folder of cases.

`run_cohort` takes a CSV manifest to one case folder a patient, a table of results and a table of
failures; it resumes where it stopped, and one bad case never stops the rest. `overview` reads
finished cases into one table for the committee.
"""

from liverplan.cohort.manifest import COLUMNS, Job, read_manifest
from liverplan.cohort.overview import Overview, overview
from liverplan.cohort.run import CohortSummary, run_cohort

__all__ = [
    "COLUMNS",
    "CohortSummary",
    "Job",
    "Overview",
    "overview",
    "read_manifest",
    "run_cohort",
]
