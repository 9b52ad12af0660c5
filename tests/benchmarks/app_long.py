"""A long day at the app: ``python -m tests.benchmarks.app_long [--cases 20] [--actions 1000]``.

Opens cases in turn and prints how memory grows from the third on (the first two fill caches);
then random actions by mouse and keys over two cases that are opened again and again, and what the
window shows at the end of each beside a fresh window's picture of the same case: no pixel of it may
be of another case. Ends with 1 if an exception was thrown, a picture differs, or memory grew by
more than it may. ``xvfb-run -a -s "-screen 0 1600x1000x24"`` before it gives it a screen.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

MOST_GROWN_MB = 200
UNLIKE = 24
"""Levels of 255 by which a pixel may differ: text is drawn softly, surfaces by floating point."""
LEAST_ALIKE = 0.999
"""Share of a picture's pixels that must be the fresh window's."""
VISITS = 10
"""How often the monkey changes to the other case."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--actions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pictures", type=Path, help="where pictures that differ are kept")
    given = parser.parse_args()
    faults = []

    def noted(kind, fault, trace):
        faults.append(repr(fault))
        sys.__excepthook__(kind, fault, trace)

    sys.excepthook = noted
    with tempfile.TemporaryDirectory() as place:
        os.environ["NAPARI_CONFIG"] = str(Path(place) / "napari.yaml")
        os.environ["QT_API"] = "pyside6"
        from tests.app.person import Person

        Person.patience_s = 900  # what is asked is what is shown at the end, not how soon
        folders = made_cases(Path(place))
        missed = memory(Path(place) / "day", folders, given.cases)
        missed += monkey(Path(place) / "zoo", folders, given.actions, given.seed, given.pictures)
    for fault, count in Counter(faults).items():
        print(f"thrown {count} times: {fault}")
    print("missed: " + ("; ".join([*missed, *dict.fromkeys(faults)]) or "nothing"))
    return 1 if missed or faults else 0


def made_cases(place):
    """Two patients' cases with liver, metastases and a plan, kept on disk; their folders."""
    from liverplan.dicom.write_ct import write_ct_series
    from liverplan.phantom import make_phantom
    from liverplan.resection import Plan, Plane
    from tests.app.person import someone_at

    folders = []
    for seed, lesions in ((3, 3), (11, 1)):
        phantom = make_phantom(spacing_mm=(3.0, 1.5, 1.5), seed=seed, lesions=lesions)
        series = place / f"ct-{seed}"
        write_ct_series(phantom.volume, series)
        with someone_at(place / f"making-{seed}") as person:
            app = person.app
            open_path(person, series)
            work = app.session.work
            centre = np.mean([one.centre_mm for one in phantom.truth.lesions], axis=0)
            plan = Plan(name="Plan A", cuts=(Plane(point_mm=centre, normal=(1, 0.1, 0)),))
            app.session.do("masks", replace(work, segmentation=phantom.segmentation))
            app.session.do("plan", replace(app.session.work, plans=(plan,), cut=0))
            person.settle()
            app.saver.flush()
            folders.append(app.saver.folder)
    return folders


def open_path(person, path):
    """Drop a case or a CT on the window, and wait until all that follows of it is there."""
    from tests.app.test_notices import drop

    before = person.app.session.work.volume
    drop(person, path)
    person.wait(lambda: person.app.session.work.volume is not before, what=str(path))
    person.settle()


def memory(home, folders, cases):
    """Open cases in turn; print what is held after each, and return what is missed."""
    from tests.app.person import someone_at
    from tests.app.test_monkey import resident_bytes

    held = []
    with someone_at(home) as person:
        for number in range(cases):
            open_path(person, folders[number % len(folders)])
            held.append(resident_bytes() / 2**20)
    grown = held[-1] - held[1] if len(held) > 2 else 0.0
    print("held after each case, MB: " + " ".join(f"{mb:.0f}" for mb in held))
    print(f"grown from the second to the last of {cases} cases: {grown:.0f} MB")
    return [f"memory grew by {grown:.0f} MB"] if grown > MOST_GROWN_MB else []


def monkey(home, folders, actions, seed, kept):
    """Do random things over two cases in turn; return what a fresh window shows otherwise."""
    from tests.app.person import someone_at
    from tests.app.test_monkey import Monkey

    missed = []
    with someone_at(home) as person:
        for visit in range(VISITS):
            folder = folders[visit % len(folders)]
            open_path(person, folder)
            chance = Monkey(person, seed + visit)
            for _ in range(actions // VISITS):
                chance.act()
            missed += differences(person, folder, home.parent / f"visit-{visit}", kept)
    print(f"{VISITS * (actions // VISITS)} random actions over two cases, seed {seed}")
    return missed


def differences(person, folder, place, kept):
    """Show the case in a fresh window too; return which pictures are not the same."""
    from tests.app.person import someone_at

    come_to_rest(person)
    person.app.saver.flush()
    ours = pictures(person)
    copy = place / "copy"
    shutil.copytree(folder, copy)
    person.app.window.hide()
    with someone_at(place / "home") as other:
        open_path(other, copy)
        come_to_rest(other)
        fresh = pictures(other)
    person.app.window.show()
    person.settle()
    found = []
    for name, picture in ours.items():
        alike = likeness(picture, fresh[name])
        print(f"{place.name}, {name}: {100 * alike:.2f} % of pixels as in a fresh window")
        if alike < LEAST_ALIKE:
            found.append(f"{place.name}: {name} differs")
            keep_pictures(kept, f"{place.name}_{name}", picture, fresh[name])
    return found


def keep_pictures(folder, name, ours, fresh):
    """Write what a window shows and what a fresh one does, one above the other."""
    if folder is not None and ours.shape == fresh.shape:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.concatenate([ours, fresh])).save(folder / f"{name}.png")


def likeness(one, other):
    """Share of the pixels of two pictures, (height, width, 3), that are the same to the eye."""
    if one.shape != other.shape:
        return 0.0
    return float(np.mean(np.abs(one.astype(int) - other.astype(int)).max(axis=-1) <= UNLIKE))


def come_to_rest(person):
    """Put everything away, and look where every window looks at first."""
    from PySide6.QtCore import QEvent, Qt

    app = person.app
    for _ in range(4):
        person.key(Qt.Key.Key_Escape)
    person.open_step(1)
    app.views.masks_shown = True
    app.views.preset(0)
    app.views.move_crosshair(app.live.derived.centre_mm)
    app.reset_views()
    for view in app.views.views.values():
        person.qt.sendEvent(view.canvas, QEvent(QEvent.Type.Leave))
    person.settle()
    person.spin(0.3)


def pictures(person):
    """What the screen shows of each slice and of the 3D view, by name."""
    from tests.app.test_never_again import colours_of

    panes = {name: view.canvas for name, view in person.app.views.views.items()}
    panes["3D"] = person.app.scene_pane.canvas
    return {name: colours_of(person.screen_of(pane)) for name, pane in panes.items()}


if __name__ == "__main__":
    sys.exit(main())
