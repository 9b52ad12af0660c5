"""The surgeon's story of a plan's blood supply, on a real CT, by events alone.

``python -m tests.benchmarks.app_blood OUT --data ../shared/data``.

Open the CT, find the liver, the vessels and the segments, place a plane, drag it over a branch: it
lights up and the remnant falls; put it back: both are as before. Then a plane left of the hilum, of
which the left liver stays: it crosses the left portal vein, and nearly nothing keeps its blood; the
branches of that vein are ticked as kept, and what hangs on no other comes back. Prints what was
seen at each part and what the machine took, and keeps a picture of the window of each. Ends with 1
if a drag severs nothing, what was put back is not what it was, or a severed branch costs anything
once all that cost something are kept.
``xvfb-run -a -s "-screen 0 1600x1000x24"`` before it gives it a screen.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from liverplan.findings import SeveredBranch

ASIDE_MM = 25.0
"""How far beside the liver's middle the plane begins."""
LEFT = "left_lateral_portal"
LEAST_ML, MOST_KEPT = 1.0, 12
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
            (self.left_of_hilum, "left_of_hilum", "severed"),
            (self.kept, "kept", "severed"),
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
        by_volume = 100 * live.remnant.remnant_ml / live.remnant.functional_ml
        return (
            f"{shown.number.text()} (without regard to vessels {by_volume:.1f} %); "
            f"{shown.ml.whole}; severed: {names or 'nothing'}"
        )

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

    def left_of_hilum(self):
        """Place a plane where it divides the left portal vein, and let the left liver stay."""
        from tests.app.surgery import adding

        self.person.press_button(self.person.panel(4).cuts.delete_button)
        supply = self.app.live.liver.supply
        named = supply.names["portal"].names
        left = [name for name, one in named.items() if one.stem and one.key == LEFT]
        middle = np.array(supply.middle_mm("portal", left[0]))
        self.app.views.move_crosshair(middle)
        self.person.spin(0.2)
        self.person.press_button(adding(self.person).kinds["plane"])
        self.person.press_button(adding(self.person).plane.click_button)
        view = self.person.view("Axial")
        self.person.click(view, self.person.pixel(view, middle))
        if self.app.session.work.active_plane.normal[0] < 0:
            self.person.press_button(self.person.panel(4).cuts.flip_button)
        self.person.settle()
        remnant = self.app.live.remnant
        if remnant.counted_ml > 0.5 * remnant.remnant_ml:
            self.missed.append("the plane left of the hilum cost less than half of what stays")

    def kept(self):
        """Tick each divided portal branch that costs anything."""
        listed, live = self.person.panel(4).severed, self.app.live
        self.app.steps.area.ensureWidgetVisible(listed)
        for _ in range(MOST_KEPT):
            costly = [
                number
                for number, row in enumerate(listed.rows)
                if isinstance(row, SeveredBranch) and row.feeds_ml > LEAST_ML
            ]
            if not costly:
                break
            self.person.click_box(listed.ticks[costly[0]])
            names = ", ".join(one.name for one in live.vessels.kept)
            print(f"           kept {names}: {live.remnant.counted_ml:.1f} mL")
        self.person.settle()
        lost, remnant = live.vessels, live.remnant
        print(
            f"           on the word {lost.by_word_ml:.1f} of {remnant.remnant_ml:.1f} mL; "
            f"still without inflow {lost.without_inflow_ml:.1f} mL, along branches that go whole, "
            f"without outflow {lost.without_outflow_ml:.1f} mL"
        )
        still = sum(one.feeds_ml for one in lost.severed)
        if still > LEAST_ML or lost.by_word_ml < 0.5 * remnant.remnant_ml:
            self.missed.append("what was kept did not bring the remnant back")

    def figures(self):
        live = self.app.live
        return {one.name for one in live.vessels.severed}, live.remnant.counted_ml


if __name__ == "__main__":
    sys.exit(main())
