"""A small phantom as a DICOM series, and a running app; without a screen everything is skipped."""

import json
import os
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

NO_SCREEN = "the app's tests need a screen (DISPLAY is not set): run them under xvfb-run"
HAS_SCREEN = bool(os.environ.get("DISPLAY")) or sys.platform != "linux"
THEIRS = (  # what napari, npe2 and vispy themselves warn of
    "ignore::DeprecationWarning",
    "ignore::PendingDeprecationWarning",
    "ignore::FutureWarning",
    "ignore::ResourceWarning",
)

if HAS_SCREEN:
    _place = Path(tempfile.mkdtemp(prefix="liverplan-app-tests-"))
    os.environ["NAPARI_CONFIG"] = str(_place / "napari.yaml")  # never the user's settings
    os.environ["LIVERPLAN_HOME"] = str(_place / "home")
    os.environ.setdefault("QT_API", "pyside6")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from PySide6.QtWidgets import QApplication

        import liverplan.app.shell.application  # noqa: F401 - imported once, without its warnings
        from liverplan.app.shell.collector import Collector

    _qt = QApplication.instance() or QApplication([])
    Collector(_qt)
else:
    collect_ignore = sorted(
        path.name for path in Path(__file__).parent.glob("test_*.py") if path.stem != "test_screen"
    )


def pytest_report_header():
    return [] if HAS_SCREEN else [f"tests/app skipped: {NO_SCREEN}"]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            for words in THEIRS:
                item.add_marker(pytest.mark.filterwarnings(words))


@pytest.fixture(scope="session")
def phantom():
    """The sample, coarse; a person has accepted its masks."""
    from liverplan.phantom import make_phantom
    from liverplan.workflow.committee import accepted_masks

    made = make_phantom(spacing_mm=(4.0, 2.0, 2.0), seed=3)
    return replace(made, segmentation=accepted_masks(made.segmentation, "R. Lind"))


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory, phantom):
    """The phantom as the app's own sample, small enough for a test."""
    from liverplan.dicom.write_ct import write_ct_series

    folder = tmp_path_factory.mktemp("made") / "sample"
    write_ct_series(phantom.volume, folder)
    (folder / "truth.json").write_text(json.dumps(phantom.truth.to_json()), "utf-8")
    return folder


def home_in(place, sample_folder):
    """Make a home folder whose sample is the small one."""
    place.mkdir()
    (place / "sample").symlink_to(sample_folder)
    return place


@pytest.fixture
def home(tmp_path, sample_folder):
    return home_in(tmp_path / "home", sample_folder)


@pytest.fixture(autouse=True)
def _no_faults(monkeypatch):
    """An exception in a slot of Qt does not reach the test by itself: look for it here."""
    faults = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, fault, trace: faults.append(fault))
    yield
    assert faults == []


@pytest.fixture
def liver_at_once(monkeypatch, phantom):
    """Let the search for the sample's liver answer at once, where it is not what is tested."""
    from liverplan.segmentation import LiverResult, Provenance, backends

    mask = phantom.segmentation.labels > 0
    made = Provenance(method="known", version="1", origin="automatic")

    def found(_self, volume, **_heard):
        assert volume.grid.shape == mask.shape
        return LiverResult(mask=mask.copy(), provenance=made)

    monkeypatch.setattr(backends.NetworkSegmenter, "segment", found)
    monkeypatch.setattr("liverplan.app.steps.liver.look_first.second_look", lambda f, *_, **__: f)


@pytest.fixture
def person(home):
    from tests.app.person import someone_at

    with someone_at(home) as someone:
        yield someone


@pytest.fixture(scope="module")
def same_person(tmp_path_factory, sample_folder):
    """One app for the tests of a module that leave it as the next of them needs it."""
    from tests.app.person import someone_at

    with someone_at(home_in(tmp_path_factory.mktemp("same") / "home", sample_folder)) as someone:
        yield someone


@pytest.fixture(scope="module")
def planner(tmp_path_factory, phantom, sample_folder):
    """An app with the phantom's true masks, shared by a module's tests."""
    from dataclasses import replace

    from liverplan import workflow
    from liverplan.app.session.work import Work
    from liverplan.app.shell.application import Application
    from liverplan.case import Record
    from liverplan.eligibility.files import ProtocolFile
    from liverplan.findings import SeriesSummary
    from liverplan.resection import Plan
    from tests.app.person import Person

    place = tmp_path_factory.mktemp("planner")
    (place / "sample").symlink_to(sample_folder)
    app = Application(place)
    app.show(1600, 1000)
    grid = phantom.volume.grid
    series = SeriesSummary(uid="1.2.3", shape=grid.shape, spacing_mm=grid.spacing_mm)
    record = Record(
        series=series,
        headers={},
        protocol=ProtocolFile.shipped(workflow.DEFAULT_PROTOCOL),
    )
    fresh = Work(
        volume=phantom.volume,
        segmentation=phantom.segmentation,
        record=record,
    )
    someone = Person(app)
    someone.spin(0.2)

    def begin(*planes):
        app.central.maximised = None
        app.central.arrange()
        plan = Plan(name="Plan A", cuts=tuple(planes))
        app.session.replace_all(replace(fresh, plans=(plan,), cut=len(planes) - 1))
        someone.settle()
        app.views.disarm()
        app.views.preset(0)
        app.views.reset()
        someone.spin(0.05)

    someone.begin = begin
    yield someone
    app.close()
    someone.spin(0.05)


@pytest.fixture(scope="module")
def index(phantom):
    """The core's own index of the phantom, to hold the app's numbers against."""
    from liverplan.volumetry.shapes.plan_index import PlanIndex

    return PlanIndex.build(phantom.segmentation)


@pytest.fixture
def surgeon(planner):
    """The planner's app at step 4, seen from the front, with nothing cut."""
    planner.begin()
    planner.app.scene_pane.look_from("A")
    planner.open_step(4)
    return planner


@pytest.fixture(scope="module")
def whole_desk(phantom, tmp_path_factory):
    """The resection step with its panel and no window, shared by a module's tests."""
    from tests.app.desk import PanelDesk

    made = PanelDesk(phantom, tmp_path_factory.mktemp("desk"))
    yield made
    made.close()
