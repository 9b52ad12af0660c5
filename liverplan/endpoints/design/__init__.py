"""The trial as it was planned: read from a TOML file, hashed, and what its numbers imply.

`read_design` reads the file; `sample_size` gives events, patients and power by Schoenfeld's
formula; `simulated` plays the trial; `bounds` are those of its interim analyses; `gatekeeping`
adjusts the secondary endpoints. Times are in months.
"""

from liverplan.endpoints.design.multiplicity import gatekeeping, holm
from liverplan.endpoints.design.plan import Design, Secondary, read_design
from liverplan.endpoints.design.sequential import Bounds, bounds
from liverplan.endpoints.design.simulate import Scenario, Trials, play
from liverplan.endpoints.design.size import SampleSize, sample_size, schoenfeld_events
from liverplan.endpoints.design.stratified import hazard_ratios, log_rank_z
from liverplan.endpoints.design.summary import design_json, secondary_json

__all__ = [
    "Bounds",
    "Design",
    "SampleSize",
    "Scenario",
    "Secondary",
    "Trials",
    "bounds",
    "design_json",
    "gatekeeping",
    "hazard_ratios",
    "holm",
    "log_rank_z",
    "play",
    "read_design",
    "sample_size",
    "schoenfeld_events",
    "secondary_json",
]
