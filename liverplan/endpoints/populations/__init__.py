"""Who was asked, randomised and treated: the trial's populations, and its CONSORT diagram."""

from liverplan.endpoints.populations.consort import (
    POPULATIONS,
    Consort,
    ConsortArm,
    Population,
    consort,
    members,
)
from liverplan.endpoints.populations.diagram import consort_svg
from liverplan.endpoints.populations.names import as_commonest, as_named
from liverplan.endpoints.populations.participants import Participant, read_participants

__all__ = [
    "POPULATIONS",
    "Consort",
    "ConsortArm",
    "Participant",
    "Population",
    "as_commonest",
    "as_named",
    "consort",
    "consort_svg",
    "members",
    "read_participants",
]
