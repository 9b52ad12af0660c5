"""From a CT to a signed plan, by the clock.

``python -m tests.benchmarks.app_task --data ../shared/data``.

One person at the app, by events alone, on a real CT: open, find the liver, two metastases by a
click each, confirm, a suggested plan, signed by radiologist and surgeon. Prints for each part what
the hand did (clicks, notches of the wheel, drags, keys) and what the machine took; a hand is no
slower than the events, so the seconds are what one waits. Older versions are measured with their
own tests' helpers: ``PYTHONPATH=OLDER python tests/benchmarks/app_task.py``.
``xvfb-run -a -s "-screen 0 1600x1000x24"`` before it gives it a screen.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["NAPARI_CONFIG"] = str(Path(place) / "napari.yaml")
        os.environ["QT_API"] = "pyside6"
        rows = Task(Path(place) / "home", given.data / "ircadb01").rows()
    for name, row in rows.items():
        done = ", ".join(f"{count} {what}" for what, count in row["by hand"].items()) or "nothing"
        print(f"{name:34s} {row['seconds']:7.1f} s   {done}")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), "utf-8")
    return 0


class Hand:
    """Counts what a person does, whatever the version's own helper does it with."""

    def __init__(self, person):
        self.done = Counter()
        for method, what in (
            ("press_button", "clicks"),
            ("click", "clicks"),
            ("click_row", "clicks"),
            ("drag", "drags"),
            ("key", "keys"),
        ):
            self._count(person, method, what, lambda *_a: 1)
        self._count(person, "wheel", "notches", lambda _view, notches, *_a: abs(notches))

    def _count(self, person, method, what, many):
        before = getattr(person, method)

        def counted(*given, **named):
            self.done[what] += many(*given)
            return before(*given, **named)

        setattr(person, method, counted)


class Task:
    """The parts of the task, in order."""

    def __init__(self, home, folder):
        from tests.app.person import Application, Person

        self.folder, self.app = folder, Application(home)
        self.app.show(1600, 1000)
        self.person = Person(self.app)
        self.person.spin(0.5)
        self.hand = Hand(self.person)

    def rows(self):
        parts = {
            "open the CT": self.open,
            "find the liver": self.find_liver,
            "two metastases": self.metastases,
            "confirm the masks": self.confirm,
            "a plan": self.plan,
            "both signatures": self.sign,
        }
        rows = {}
        for name, part in parts.items():
            self.hand.done.clear()
            began = time.monotonic()
            part()
            self.wait()
            rows[name] = {"seconds": time.monotonic() - began, "by hand": dict(self.hand.done)}
        signed = self.app.result.number.text()
        self.app.close()
        whole = Counter()
        for row in rows.values():
            whole.update(row["by hand"])
        seconds = sum(row["seconds"] for row in rows.values())
        return rows | {f"in all (FLR {signed})": {"seconds": seconds, "by hand": dict(whole)}}

    def wait(self):
        """Wait for what a person waits for, not for what is looked up silently."""
        self.person.spin(0.02)
        self.person.wait(lambda: not (self.app.jobs.awaited or self.app.live.busy), 300)
        self.person.spin(0.05)

    def open(self):
        from tests.app.test_notices import drop

        drop(self.person, self.folder / "PATIENT_DICOM.zip")
        self.hand.done["drags"] += 1
        if self.app.session.work.volume is None:
            self.person.press_button(self.person.panel(1).read_button)
        self.person.wait(lambda: self.app.session.work.volume is not None, 300)

    def find_liver(self):
        self.person.open_step(2)
        self.person.press_button(self.person.panel(2).run_button)
        self.person.wait(lambda: self.app.session.work.segmentation is not None, 300)

    def metastases(self):
        from tests.app.test_real_ct import middles

        self.person.open_step(3)
        self.person.press_button(self.person.panel(3).click_button)
        view = self.person.view("Axial")
        masks = self.folder / "tumours_labelled.nii.gz"
        for count, middle in enumerate(middles(masks, (1, 5)), 1):
            self.scroll_to(view, np.array(middle))
            self.person.click(view, self.person.pixel(view, middle))
            table = self.person.panel(3).table
            self.person.wait(lambda n=count, t=table: t.rowCount() == n, what="a metastasis")

    def scroll_to(self, view, point_mm):
        """Turn the wheel until the slice through a point is shown."""
        wanted = round(float(self.app.views.grid.to_index(point_mm)[0]))
        for _ in range(400):
            if view.index == wanted:
                return
            before = view.index
            self.person.wheel(view, self.turn if wanted > before else -self.turn)
            if abs(view.index - wanted) > abs(before - wanted):
                self.turn = -self.turn
        raise AssertionError("the wheel does not reach the slice")

    turn = 1
    """Which way the wheel goes through the slices; found by turning it."""

    def confirm(self):
        from tests.app.test_journey import confirm_all

        confirm_all(self.person)

    def plan(self):
        self.person.open_step(4)
        self.person.press_button(self.person.panel(4).suggest_button)
        self.person.settle()
        self.person.wait(lambda: self.app.session.work.cuts, 300, "a suggested plan")
        self.person.settle()

    def sign(self):
        from tests.app import test_committee_journey as committee

        self.person.open_step(6)
        panel = self.person.panel(6)
        for name, button in (("R. Lind", panel.accept_button), ("K. Dahl", panel.sign_button)):
            committee.become(self.person, name)
            self.hand.done["keys"] += len(name) + 1  # typed into the line, which is cleared first
            self.hand.done["clicks"] += 2  # into the name and the passphrase
            words = committee.press(self.person, button)
            assert "has signed" in words, words


if __name__ == "__main__":
    sys.exit(main())
