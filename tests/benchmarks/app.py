"""The app's times beside plain napari's: ``python -m tests.benchmarks.app [--json FILE]``.

Start to first picture, slice step, drag step from mouse event to number and redraw (and what of it
lies outside rendering), memory. Needs a screen:
``xvfb-run -a -s "-screen 0 1600x1000x24" python -m tests.benchmarks.app``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import psutil

START = """
import os, sys, time
from pathlib import Path
began = float(sys.argv[1])
from liverplan.app.shell.application import Application
from PySide6.QtWidgets import QApplication
app = Application(Path(sys.argv[2]))
app.show(1600, 1000)
QApplication.processEvents()
print(time.time() - began)
sys.stdout.flush()
os._exit(0)
"""
PLAIN_START = """
import os, sys, time
began = float(sys.argv[1])
import napari
from PySide6.QtWidgets import QApplication
viewer = napari.Viewer()
QApplication.processEvents()
print(time.time() - began)
sys.stdout.flush()
os._exit(0)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--spacing", type=float, nargs=3, default=(1.0, 0.7, 0.7))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["NAPARI_CONFIG"] = str(Path(place) / "napari.yaml")
        os.environ["QT_API"] = "pyside6"
        rows = {
            "start to first picture, s": started(START, place),
            "plain napari: start to first picture, s": started(PLAIN_START, place),
            **measured(Path(place), tuple(arguments.spacing)),
        }
    for name, value in rows.items():
        print(f"{name:58s} {value if isinstance(value, str) else f'{value:10.2f}'}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


def started(program: str, place: str) -> float:
    """Median of three starts of a fresh process, s."""
    times = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program, str(time.time()), place],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        times.append(float(done.stdout.split()[-1]))
    return median(times)


def measured(place: Path, spacing: tuple[float, ...]) -> dict[str, float | str]:
    from liverplan.phantom import make_phantom

    phantom = make_phantom(spacing_mm=spacing, seed=1)
    person = opened(place, phantom)
    app = person.app
    view = person.view("Axial")
    process = psutil.Process()
    rows: dict[str, float | str] = {"CT, voxels (k, j, i)": str(phantom.volume.grid.shape)}
    rows["slice step, axial, all views redrawn, ms"] = timed(
        person, lambda: app.views.step(view, 1)
    )
    rows["crosshair over three views, ms"] = timed(person, Crosshair(app))
    rows |= drags(person)
    rows["resident memory, MB"] = process.memory_info().rss / 2**20
    rows["plain napari: slice step, one view, CT + labels, ms"] = plain_step(person, phantom)
    app.close()
    return rows


def opened(place: Path, phantom):
    """An app with the phantom's own masks and one plane."""

    from liverplan import workflow
    from liverplan.app.session.work import Work
    from liverplan.app.shell.application import Application
    from liverplan.case import Record
    from liverplan.eligibility.files import ProtocolFile
    from liverplan.findings import SeriesSummary
    from liverplan.resection import Plan, Plane
    from tests.app.person import Person

    app = Application(place / "home")
    app.show(1600, 1000)
    person = Person(app)
    grid = phantom.volume.grid
    series = SeriesSummary(uid="1.2.3", shape=grid.shape, spacing_mm=grid.spacing_mm)
    record = Record(
        series=series,
        headers={},
        protocol=ProtocolFile.shipped(workflow.DEFAULT_PROTOCOL),
    )
    plane = Plane(point_mm=(-30, -20, 20), normal=(1, 0.2, 0.1))
    work = Work(
        volume=phantom.volume,
        segmentation=phantom.segmentation,
        record=record,
        plans=(Plan(name="Plan A", cuts=(plane,)),),
        cut=0,
    )
    app.session.replace_all(work)
    person.settle()
    app.views.move_crosshair(app.live.derived.centre_mm)
    person.spin(0.5)
    return person


class Crosshair:
    """Moves the crosshair by one voxel along all three axes at each call."""

    def __init__(self, app):
        self.app = app

    def __call__(self):
        grid = self.app.views.grid
        index = grid.to_index(self.app.views.crosshair_mm)
        self.app.views.move_crosshair(grid.to_mm(index + 1))


def timed(person, action, times=25) -> float:
    """Median ms of an action with all redrawing that follows from it."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        drain(person)
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent)


def drain(person):
    """Let every redraw that is due happen."""
    for _ in range(3):
        person.qt.sendPostedEvents()
        person.qt.processEvents()


def drags(person) -> dict[str, float]:
    """A drag on the axial slice and one in 3D, step by step."""
    app, view = person.app, person.view("Axial")
    start = person.knobs(view).middle
    on_slice = steps_of(person, view.canvas, start)
    foot = app.scene.to_pixel(app.scene.handle.foot)
    in_3d = steps_of(person, app.scene_pane.canvas, foot)
    names = ("to number and redraw", "outside rendering")
    return {
        f"drag step {where}, {name}, ms": value
        for where, values in (("on a slice", on_slice), ("in 3D", in_3d))
        for name, value in zip(names, values, strict=True)
    }


def steps_of(person, widget, start) -> tuple[float, float]:
    """Median ms of a step: all of it, and what is not painting."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    left, nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    whole, outside = [], []
    person._button(QEvent.Type.MouseButtonPress, widget, start, left, nothing)
    for n in range(1, 31):
        at = QPointF(start[0] + n, start[1] + 0.4 * n)
        event = QMouseEvent(QEvent.Type.MouseMove, at, at, Qt.MouseButton.NoButton, left, nothing)
        began = time.perf_counter()
        person.qt.sendEvent(widget, event)  # to the number: nothing is painted in here
        outside.append(1000 * (time.perf_counter() - began))
        drain(person)
        whole.append(1000 * (time.perf_counter() - began))
    person._button(
        QEvent.Type.MouseButtonRelease, widget, (start[0] + 30, start[1] + 12), left, nothing
    )
    person.settle()
    return median(whole), median(outside)


def plain_step(person, phantom) -> float:
    """Plain napari with the same CT and labels: one slice step in one view."""
    import napari

    viewer = napari.Viewer(show=True)
    spacing = phantom.volume.grid.spacing_mm
    viewer.add_image(phantom.volume.hu, scale=spacing, contrast_limits=(-135, 215))
    viewer.add_labels(np.asarray(phantom.segmentation.labels), scale=spacing)
    person.spin(1.0)
    middle = phantom.volume.grid.shape[0] // 2
    places = iter(range(middle, middle + 100))
    value = timed(person, lambda: viewer.dims.set_current_step(0, next(places)))
    viewer.close()
    return value


if __name__ == "__main__":
    sys.exit(main())
