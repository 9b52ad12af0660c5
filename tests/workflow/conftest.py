"""A case with everything that can be exported, exported with its patient and without."""

import pytest

from liverplan import workflow
from liverplan.workflow.exporting import rules_for
from tests.exported import make_case


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Folders ``out`` (FHIR R5) and ``clean`` (without identity, FHIR R4) beside the case."""
    made = make_case(tmp_path_factory.mktemp("made"), spacing_mm=(8.0, 5.6, 5.6))
    workflow.export_case(made.case, made.folder / "out", release="R5")
    rules = rules_for(shift_days=-30)
    workflow.export_case(made.case, made.folder / "clean", rules=rules, release="R4")
    return made
