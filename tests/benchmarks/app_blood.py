"""The surgeon's story of a plan's blood supply, on a real CT, by events alone.

``python -m tests.benchmarks.app_blood OUT --data ../shared/data``.

Open the CT, find the liver, the vessels and the segments, place a plane, drag it over a branch: it
lights up and the remnant falls; put it back: both are as before. Prints what was seen at each part
and what the machine took, and keeps a picture of the window of each. Ends with 1 if a drag severs
nothing, or what was put back is not what it was.
``xvfb-run -a -s "-screen 0 1600x1000x24"`` before it gives it a screen.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ASIDE_MM = 25.0
"""How far beside the liver's middle the plane begins."""
STEP_PIXELS, MOST_STEPS = 6, 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        os.environ["NAPARI_CONFIG"] = str(Path(place) / "napari.yaml")
        os.environ["QT_API"] = "pyside6"
        story = Story(Path(place) / "home", given.data / "ircadb01", given.out)
        try:
            missed = story.told()
        finally:
            story.app.close()
    print("missed: " + ("; ".join(missed) or "nothing"))
    return 1 if missed else 0


class Story:
    """Its parts, in order."""

    def __init__(self, home, folder, out):
        from tests.benchmarks.app_task import Task

        self.task, self.out = Task(home, folder), out
        self.app, self.person = self.task.app, self.task.person
        self.before = None
        self.missed = []

    def told(self):
        parts = (
            (self.task.open, "open", ""),
            (self.task.find_liver, "liver", ""),
            (self.vessels, "vessels", "vessels"),
            (self.segments, "segments", "segments"),
            (self.plane, "plane", "severed"),
            (self.drag, "dragged", "severed"),
            (self.put_back, "put_back", "severed"),
        )
        for number, (part, name, told) in enumerate(parts, 1):
            began = time.monotonic()
            part()
            self.person.settle()
            took = time.monotonic() - began
            self.person.shot(self.out / f"{number}_{name}.png")
            print(f"{name:10s} {took:6.1f} s   {self.words(told)}")
        return self.missed

    def words(self, told):
        if told == "vessels":
            return self.person.panel(2).notice.text()
        if told == "segments":
            return self.person.panel(4).adding.segments.told.text()
        return self.seen() if told else ""

    def seen(self):
        live, shown = self.app.live, self.app.result
        names = ", ".join(one.name for one in live.vessels.severed) if live.vessels else ""
        return f"{shown.number.text()}; {shown.ml.text()}; severed: {names or 'nothing'}"

    def vessels(self):
        self.person.press_button(self.person.panel(2).vessels_button)
        self.person.settle()

    def segments(self):
        self.person.open_step(4)
        adding = self.person.panel(4).adding
        self.person.press_button(adding.kinds["segments"])
        self.person.press_button(adding.segments.vessels_button)

    def plane(self):
        from tests.app.surgery import adding

        self.person.press_button(adding(self.person).kinds["plane"])
        middle = np.array(self.app.live.derived.centre_mm) - (ASIDE_MM, 0, 0)
        self.app.views.move_crosshair(middle)
        self.person.spin(0.2)
        self.person.press_button(adding(self.person).plane.click_button)
        view = self.person.view("Axial")
        self.person.click(view, self.person.pixel(view, middle))

    def drag(self):
        """Pull the plane until a branch more is divided, and hold it there."""
        self.before, view = self.figures(), self.person.view("Axial")
        start, seen = self.person.knobs(view).middle, []

        def look():
            seen.append(self.figures())

        end = (start[0] + STEP_PIXELS * MOST_STEPS / 4, start[1])
        self.person.drag(view.canvas, start, end, steps=MOST_STEPS, each=look)
        names = {one for names, _ in seen for one in names}
        self.person.settle()
        if not names - self.before[0]:
            self.missed.append("no branch was severed by the drag")
        if min(counted for _, counted in seen) >= self.before[1]:
            self.missed.append("the remnant did not fall")

    def put_back(self):
        from PySide6.QtCore import Qt

        from tests.app.person import CONTROL

        self.person.key(Qt.Key.Key_Z, CONTROL)
        self.person.settle()
        if self.figures() != self.before:
            self.missed.append("what was put back is not what it was")

    def figures(self):
        live = self.app.live
        return {one.name for one in live.vessels.severed}, live.remnant.counted_ml


if __name__ == "__main__":
    sys.exit(main())
