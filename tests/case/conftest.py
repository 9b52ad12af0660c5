"""A small case: CT, liver with one metastasis, one cut, patient facts."""

import numpy as np
import pytest

from liverplan.case import Actor, CaseState, Record
from liverplan.eligibility import Patient
from liverplan.eligibility.files import PatientFile, ProtocolFile
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid, Volume
from tests.benchmarks.tamper import Tampered

PROTOCOL = ProtocolFile.shipped("breclim2")


def facts(patient):
    return PatientFile.entered(patient, PROTOCOL.protocol)


@pytest.fixture(scope="session")
def tampered(tmp_path_factory):
    """A decided case, to be copied and bent."""
    return Tampered(tmp_path_factory.mktemp("tampered"))


@pytest.fixture
def grid():
    affine = np.array([[0, 0, 0.7, -30.1], [0, 0.7, 0, -20], [2.5, 0, 0, 7.3], [0, 0, 0, 1.0]])
    return Grid(shape=(12, 20, 24), affine=affine, frame_uid="1.2.3")


@pytest.fixture
def state(grid):
    hu = np.random.default_rng(1).integers(-1024, 900, grid.shape).astype(np.int16)
    labels = np.zeros(grid.shape, np.uint8)
    labels[2:10, 4:16, 4:20] = 1
    labels[4:6, 6:10, 6:10] = 2
    automatic = Provenance(method="threshold", version="1", origin="automatic")
    return CaseState(
        volume=Volume(grid=grid, hu=hu),
        segmentation=Segmentation(grid=grid, labels=labels, provenance={1: automatic}),
        plan=Plan(cuts=(Plane(point_mm=(0.1, -13.3, 20.7), normal=(0.3, 0.2, 0.7)),)),
        others={"laboratory": {"bilirubin": 11, "albumin": 40.5}},
        record=Record(
            headers={"(0010,0010)": "A"},
            protocol=PROTOCOL,
            patient=facts(Patient(height_cm=165.0, weight_kg=70.3)),
        ),
    )


@pytest.fixture
def program():
    return Actor(name="liverplan 0.1.0", kind="machine")


@pytest.fixture
def surgeon():
    return Actor(name="Dr Ada Lind", kind="human", role="surgeon")


@pytest.fixture
def case(tmp_path, state, program):
    from liverplan.case import create_case

    return create_case(tmp_path / "case", state=state, actor=program, what="Segmented the liver")
