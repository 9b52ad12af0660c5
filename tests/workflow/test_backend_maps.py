"""Maps that a back end gives are kept in the case, on the CT's grid."""

import numpy as np

from liverplan import workflow
from liverplan.case import open_case
from liverplan.segmentation import Provenance
from liverplan.segmentation.results import LiverResult


def test_maps_of_a_back_end_lie_in_the_case(small, tmp_path, monkeypatch):
    labels = small.phantom.segmentation.labels
    halves = np.zeros(labels.shape, np.uint8)
    middle = labels.shape[2] // 2
    halves[..., :middle], halves[..., middle:] = 1, 2
    made = Provenance(method="halves", version="1", origin="automatic")
    found = LiverResult(
        mask=labels > 0, provenance=made, maps={"couinaud": (halves, ("right", "left"))}
    )
    monkeypatch.setattr("liverplan.workflow.inputs.segment_with", lambda *_, **__: found)
    workflow.assess(small.ct, tmp_path / "case", workflow.Request(backend="halves"))
    state = open_case(tmp_path / "case").state
    kept = state.maps["couinaud"]
    assert (kept.scheme, kept.names) == ("couinaud", ("right", "left"))
    assert np.array_equal(kept.labels, halves)
    assert not kept.grid.faults_against(state.volume.grid)
    assert workflow.measure_case(tmp_path / "case").volumes.liver_ml > 0
