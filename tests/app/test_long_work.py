"""Long work: progress, Cancel that is heard, and what it leaves behind; the export from the app."""

import pydicom
import pytest
from PySide6.QtWidgets import QFileDialog

from liverplan import phantom
from tests.app.test_journey import open_sample


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """A person whose sample has never been made; it is made coarse, part by part."""
    from functools import partial

    from liverplan.app.shell.application import Application
    from tests.app.person import Person

    make = partial(phantom.make_phantom, spacing_mm=(4.0, 2.0, 2.0))
    monkeypatch.setattr(phantom, "make_phantom", make)
    app = Application(tmp_path / "new")
    app.show(1600, 1000)
    someone = Person(app)
    yield someone
    app.close()
    someone.spin(0.05)


def test_the_first_opening_of_the_sample_shows_progress(newcomer):
    panel = newcomer.panel(1)
    seen = set()
    panel.busy.bar.valueChanged.connect(seen.add)
    stages = set()
    newcomer.press_button(panel.sample_button)
    assert panel.busy.isVisible()

    def opened():
        stages.add(panel.busy.stage.text().split(" · ")[0])
        return newcomer.app.session.work.volume is not None

    newcomer.wait(opened, what="the sample")
    newcomer.settle()
    assert len(seen) > 8, seen
    assert "Drawing the sample CT" in stages
    assert panel.busy.isHidden()


def test_cancel_ends_the_making_of_the_sample_and_leaves_no_half_of_it(newcomer):
    panel = newcomer.panel(1)
    newcomer.press_button(panel.sample_button)
    newcomer.wait(lambda: panel.busy.bar.value() > 3, what="progress")
    newcomer.press_button(panel.busy.cancel_button)
    assert not panel.busy.cancel_button.isEnabled()
    newcomer.settle()
    assert "cancelled; nothing was changed" in panel.notice.text()
    assert newcomer.app.session.work.volume is None
    assert list(newcomer.app.context.home.glob("**/*.dcm")) == []
    newcomer.press_button(panel.sample_button)
    newcomer.wait(lambda: newcomer.app.session.work.volume is not None, what="the sample")


def test_cancel_ends_the_search_for_the_liver(person):
    open_sample(person)
    person.settle()
    person.open_step(2)
    panel = person.panel(2)
    person.press_button(panel.run_button)
    person.wait(panel.busy.isVisible, what="Cancel")
    assert not panel.run_button.isVisible()
    person.press_button(panel.busy.cancel_button)
    person.settle()
    assert "cancelled; nothing was changed" in panel.notice.text()
    assert person.app.session.work.segmentation is None
    assert panel.run_button.isVisible()


@pytest.mark.usefixtures("liver_at_once")
def test_dicom_is_exported_from_the_app_and_belongs_to_the_study(
    person, sample_folder, tmp_path, monkeypatch
):
    from tests.app.test_journey import click_metastases, confirm_all, find_liver, place_plane

    open_sample(person)
    find_liver(person)
    truth = phantom.make_phantom(spacing_mm=(10, 8, 8)).truth
    click_metastases(person, [truth.lesions[0].centre_mm])
    place_plane(person)
    confirm_all(person)
    person.open_step(5)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path))
    person.press_button(person.panel(5).export_button)
    person.wait(lambda: "Exported" in person.panel(5).notice.text(), what="the export")
    out = tmp_path / "liverplan-export"
    files = [p for p in out.rglob("*") if p.is_file()]
    assert f"Exported {len(files)} files" in person.panel(5).notice.text()
    source = pydicom.dcmread(next(sample_folder.glob("*.dcm")), stop_before_pixels=True)
    made = [pydicom.dcmread(p) for p in files if p.suffix == ".dcm"]
    assert {"SEG", "SR"} <= {dataset.Modality for dataset in made}
    assert {dataset.StudyInstanceUID for dataset in made} == {source.StudyInstanceUID}
    assert list(out.rglob("*.stl"))
