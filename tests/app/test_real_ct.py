"""The journey on a real CT with seven tumours, and the same numbers when it is reopened."""

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan import case
from liverplan.app.shell.application import Application
from tests.app.person import Person
from tests.app.test_journey import click_metastases, confirm_all, find_liver
from tests.app.test_notices import drop


@pytest.mark.slow
def test_the_journey_on_ircadb01(real_data, person):
    folder = real_data / "ircadb01"
    app = person.app
    drop(person, folder / "PATIENT_DICOM.zip")
    if app.session.work.volume is None:  # several usable series: the table asks which
        person.press_button(person.panel(1).read_button)
        person.wait(lambda: app.session.work.volume is not None, 200)
    find_liver(person)
    click_metastases(person, middles(folder / "tumours_labelled.nii.gz", (1, 5)))
    confirm_all(person)
    person.open_step(4)
    person.press_button(person.panel(4).suggest_button)
    person.settle()
    view = person.view("Coronal")
    start = person.knobs(view).middle
    person.drag(view.canvas, start, (start[0] + 6, start[1]))
    person.settle()
    assert app.result.number.text().endswith("%")
    remnant, findings, number = app.live.remnant, app.live.findings, app.result.number.text()
    app.saver.flush()
    kept = app.saver.folder
    app.close()
    assert case.verify(kept) == []
    again = Application(app.context.home)
    again.show(1600, 1000)
    someone = Person(again)
    drop(someone, kept)
    someone.wait(lambda: again.session.work.volume is not None)
    someone.settle()
    assert (again.live.remnant, again.live.findings) == (remnant, findings)
    assert again.result.number.text() == number
    open_another(someone, real_data / "crlm1004" / "DICOM.zip")
    again.close()
    someone.spin(0.05)


def open_another(person, path):
    """Open another patient's CT and find its liver: nothing of the one before is shown."""
    app, before = person.app, person.app.session.work.volume
    drop(person, path)
    person.wait(lambda: app.session.work.volume is not before, 200, "the second CT")
    person.settle()
    assert app.session.work.segmentation is None
    assert app.scene.at_hand == frozenset()
    assert app.live.findings is None
    assert not app.result.number.text().endswith("%")
    find_liver(person)
    low, high = app.scene.vertices.min(0), app.scene.vertices.max(0)
    voxels = np.argwhere(app.session.work.segmentation.labels)
    corners = app.views.grid.to_mm(np.array([voxels.min(0), voxels.max(0)]))
    within = 5.0  # a voxel of this CT: its slices are 5 mm apart
    np.testing.assert_allclose(low, corners.min(0), atol=within)
    np.testing.assert_allclose(high, corners.max(0), atol=within)


def middles(path, labels):
    """LPS mm inside some lesions: of each, the voxel deepest within it."""
    image = sitk.ReadImage(str(path))
    found = []
    for label in labels:
        inside = sitk.GetArrayFromImage(
            sitk.SignedMaurerDistanceMap(
                image == label, insideIsPositive=True, useImageSpacing=True
            )
        )
        k, j, i = np.unravel_index(int(np.argmax(inside)), inside.shape)
        found.append(image.TransformIndexToPhysicalPoint((int(i), int(j), int(k))))
    return found
