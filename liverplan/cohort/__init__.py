"""Many patients: assess a manifest of them on any Dask cluster, overview a folder of cases.

`run_cohort` takes a CSV manifest to one case folder a patient, a table of results and a table of
failures; it resumes where it stopped, and one bad case never stops the rest. `overview` reads
finished cases into one table for the committee.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
