"""Screenshots of every state of the journey: ``python -m tests.app.gallery OUT``.

Each state at 1280x800, 1600x1000 and 1920x1080 pixels of a screen, at 100 and 150 %, in every
language, dark and light; ``--size --scale --language --theme``, each as often as wanted, ask for
less. Each size, scale and language is a journey in a process of its own, with a folder of its own;
every state of it changes its theme. What is cut off, overlaps, is too small or not translated
stands in ``faults.txt``; ends with 1 if there is any.
``xvfb-run -a -s "-screen 0 1920x1080x24" python -m tests.app.gallery OUT --size 1280x800``.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtCore import QEvent, Qt

from tests.app.clipped import faults_of

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

FAULTS: list[str] = []

SIZES, SCALES = ("1600x1000", "1280x800", "1920x1080"), ("100", "150")
LANGUAGES, THEMES = ("en", "sv"), ("dark", "light")
KNOWN = {"size": SIZES, "scale": SCALES, "language": LANGUAGES, "theme": THEMES}
IN_THE_CORE_S_WORDS = {"archive_not_set_up", "notice_no_ct", "notice_click_in_air"}
"""States that show an error of the core, which is English in every language."""
NOT_THE_WINDOW_S = (
    "The cut beside the portal vein, wedge of segment 8",
    "near the vein",
    "no cuts",
    "Azoulay and Kubota, in",
    "Height cm must lie between 50 and 250, not 17.",
    "K. Dahl cannot sign: the radiologist has not signed (lesions accepted).",
)
"""What this journey types and calls its own steps, what a source is called, errors of the core."""
SMALLEST = 1000, 640
"""Of a window, in pixels at 100 %: what is less is no size for this program."""


def main() -> int:
    given = arguments()
    out = given.out
    out.mkdir(parents=True, exist_ok=True)
    if given.sample:
        journey(out, given)
        return 0
    with tempfile.TemporaryDirectory() as place:
        series = make_series(Path(place) / "made")
        wanted = product(given.size, given.scale, given.language)
        faults = [fault for one in wanted for fault in in_a_child(out, series, *one, given.theme)]
    (out / "faults.txt").write_text("\n".join(faults), "utf-8")
    print(f"{len(list(out.glob('*/*.png')))} pictures in {out}, {len(faults)} faults")
    return 1 if faults else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    for name, known in KNOWN.items():
        parser.add_argument(f"--{name}", action="append", choices=known)
    parser.add_argument("--sample", type=Path, help="a series, for one journey in this process")
    given = parser.parse_args()
    for name, known in KNOWN.items():
        setattr(given, name, getattr(given, name) or known)
    return given


def in_a_child(out, series, size, scale, language, themes):
    """Take the pictures of one journey, and return what is wrong with them."""
    wide, high = size_of(size, scale)
    if wide < SMALLEST[0] or high < SMALLEST[1]:
        print(f"{size} at {scale} % is less than the window's least size")
        return []
    folder = out / f"{size}-{scale}-{language}"
    asked = [f"--size={size}", f"--scale={scale}", f"--language={language}"]
    asked += [f"--theme={theme}" for theme in themes]
    command = [sys.executable, "-m", "tests.app.gallery", str(folder), *asked]
    environment = os.environ | {"QT_SCALE_FACTOR": f"{int(scale) / 100:g}"}
    ended = subprocess.run(
        [*command, f"--sample={series}"], env=environment, check=False
    ).returncode
    path = folder / "faults.txt"
    found = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [f"{folder.name} {fault}" for fault in found] + [f"{folder.name} broke off"] * (
        ended != 0
    )


def journey(out, given):
    """Go through every state in this process."""
    from liverplan.app.kit.language import speak
    from liverplan.app.session.choices import keep_choices

    with tempfile.TemporaryDirectory() as place:
        os.environ["NAPARI_CONFIG"] = str(Path(place) / "napari.yaml")
        os.environ["QT_API"] = "pyside6"
        home = Path(place) / "home"
        home.mkdir()
        (home / "sample").symlink_to(given.sample.absolute())
        speak(given.language[0])
        keep_choices(home, {"theme": given.theme[0]})
        try:
            size = size_of(given.size[0], given.scale[0])
            pictures(home, out, size, given.language[0], given.theme)
        finally:
            (out / "faults.txt").write_text("\n".join(sorted(set(FAULTS))), "utf-8")


def size_of(words, scale):
    """A window's width and height as Qt counts them, where it draws at a scale in percent."""
    wide, _, high = words.partition("x")
    return int(wide) * 100 // int(scale), int(high) * 100 // int(scale)


def make_series(folder):
    from liverplan.dicom.write_ct import write_ct_series
    from liverplan.phantom import make_phantom

    phantom = make_phantom(spacing_mm=(2.5, 1.2, 1.2), seed=3)
    write_ct_series(phantom.volume, folder)
    (folder / "truth.json").write_text(json.dumps(phantom.truth.to_json()), "utf-8")
    return folder


def pictures(home, out, size, language, themes):  # noqa: PLR0915 - the journey, in order
    from liverplan.app.kit.dress import change
    from liverplan.app.session.job import Answered, Failed
    from liverplan.app.shell.application import Application
    from tests.app import test_journey as steps
    from tests.app.gallery_beside import beside_pictures, picture_pictures
    from tests.app.gallery_committee import committee_pictures, compare_pictures
    from tests.app.gallery_cuts import cut_pictures
    from tests.app.gallery_open import searched, two_series
    from tests.app.gallery_scene import scene_pictures
    from tests.app.gallery_slices import slice_pictures
    from tests.app.gallery_vessels import vessel_pictures
    from tests.app.person import Person

    app = Application(home)
    app.show(*size)
    person = Person(app)
    person.spin(0.5)
    number = iter(range(1, 100))

    def shot(name):
        spoken, count = "en" if name in IN_THE_CORE_S_WORDS else language, next(number)
        for theme in themes:
            if len(themes) > 1:
                change(theme)
            person.spin(0.2)
            found = faults_of(app.window, spoken, NOT_THE_WINDOW_S)
            if found:  # what is still being laid out is no fault; what stays is
                person.spin(0.5)
                found = faults_of(app.window, spoken, NOT_THE_WINDOW_S)
            FAULTS.extend(f"{name}, {theme}: {fault}" for fault in found)
            person.shot(out / f"{count:02d}_{name}_{theme}.png", *size)

    truth = json.loads((home / "sample" / "truth.json").read_text())
    centres = [lesion["centroid_mm"] for lesion in truth["lesions"]]
    shot("empty")
    person.press_button(person.panel(1).archive_button)
    shot("archive_not_set_up")
    searched(person, shot)
    person.press_button(app.archive.done_button)
    two = two_series(home.parent / f"two-{size[0]}", home / "sample")
    app.open.opening.open_path(two)
    person.wait(lambda: app.open.opening.found)
    person.settle()
    shot("series_table")
    broken = home.parent / f"broken-{size[0]}"
    broken.mkdir()
    (broken / "notes.txt").write_text("no CT here")
    app.open.opening.open_path(broken)
    person.settle()
    shot("notice_no_ct")
    app.open.opening.found = []
    steps.open_sample(person)
    person.settle()
    shot("opened")
    person.open_step(2)
    shot("liver_before")
    person.press_button(person.panel(2).run_button)
    person.wait(lambda: person.panel(2).busy.bar.value() > 5, 30)
    shot("liver_progress")
    person.wait(lambda: app.session.work.segmentation is not None)
    person.settle()
    shot("segmented")
    person.press_button(person.panel(2).brush_button)
    view = person.view("Axial")
    at = person.pixel(view, app.views.crosshair_mm)
    person.drag(view.canvas, (at[0] + 20, at[1] + 70), (at[0] + 70, at[1] + 72))
    person.move(view.canvas, (at[0] + 80, at[1] + 70))
    person.settle()
    shot("brush")
    app.session.undo()
    person.press_button(person.panel(2).outline_button)
    around = ring(at, 110 if size[0] > 1400 else 150)
    half_drawn(person, view, around[:30])
    shot("liver_outline_half_drawn")
    person.key(Qt.Key.Key_Escape)
    vessel = brightest(app)
    app.views.move_crosshair(vessel)
    person.spin(0.1)
    person.press_button(person.panel(2).portal_button)
    person.click(view, person.pixel(view, vessel))
    person.settle()
    shot("vessels")
    app.views.disarm()
    vessel_pictures(person, shot)
    person.settle()
    steps.click_metastases(person, centres[:2])
    person.click_row(person.panel(3).table, 0)
    person.settle()
    shot("lesion_clicked")
    person.press_button(person.panel(3).axis_button)
    at = person.pixel(view, app.views.crosshair_mm)
    half_drawn(person, view, [(at[0] - 40, at[1] - 25), (at[0], at[1]), (at[0] + 42, at[1] + 22)])
    shot("axis_half_drawn")
    person.key(Qt.Key.Key_Escape)
    person.press_button(person.panel(3).click_button)
    person.click(view, (30, view.look.height / 2))
    person.settle()
    shot("notice_click_in_air")
    app.views.disarm()
    person.open_step(4)
    shot("resection_empty")
    steps.place_plane(person)
    shot("plane_placed_liver_unconfirmed")
    steps.confirm_all(person)
    person.open_step(4)
    knobs = person.knobs(view)
    person.drag(view.canvas, knobs.ends[0], (knobs.ends[0][0] + 30, knobs.ends[0][1] + 20))
    person.spin(0.01)
    shot("plane_dragged")
    person.settle()
    person.press_button(person.panel(4).plans.add_button)
    person.press_button(person.panel(4).suggest_button)
    person.settle()
    shot("plans_compared")
    app.resection.verbs.placing.round_lesion("plane", 2)
    person.settle()
    shot("two_planes")
    app.session.undo()
    person.settle()
    scene_pictures(person, shot)
    person.panel(4).adding.plane.click_button.click()
    person.click(view, (view.look.width - 40, 60))
    person.settle()
    shot("notice_plane_misses")
    app.views.disarm()
    person.open_step(5)
    person.settle()
    shot("result")
    report = home.parent / f"report-{size[0]}.html"
    app.judged.outputs.report(report)
    person.settle()
    shot("report_written")
    picture_pictures(person, shot)
    person.press_button(person.panel(5).patient_button)
    shot("patient_facts")
    person.press_button(app.facts.done_button)
    if len(app.panels) > 5:
        person.open_step(6)
        shot("committee")
    person.double_click(view.canvas, (60, 60))
    shot("axial_alone")
    person.double_click(view.canvas, (60, 60))
    slice_pictures(person, shot)
    if size[0] < 1400:
        app.central.tabs.setCurrentIndex(1)
        shot("coronal_tab")
        app.central.tabs.setCurrentIndex(0)
    app.saver.flush()
    locked = app.saver.folder
    words = f"The case {locked} cannot be written: No space left on device."
    app.saver._finish(Failed(words=words))
    shot("notice_no_space")
    app.saver._finish(Answered(answer=0))
    cut_pictures(person, shot)
    committee_pictures(person, shot)
    compare_pictures(person, home.parent / f"earlier-{size[0]}", shot)
    beside_pictures(person, home.parent / f"beside-{size[0]}", shot)
    app.close()
    person.spin(0.1)
    again = Application(home)
    again.show(*size)
    app, person = again, Person(again)
    person.spin(0.5)
    shot("recent_cases")
    again.close()
    person.spin(0.1)


def ring(middle, radius):
    """Points around a place on a slice, as a hand goes around the liver."""
    turn = [2 * math.pi * n / 40 for n in range(41)]
    return [(middle[0] + radius * math.cos(a), middle[1] + radius * math.sin(a)) for a in turn]


def half_drawn(person, view, points):
    """Press and follow the points; the button stays down."""
    person._button(QEvent.Type.MouseButtonPress, view.canvas, points[0], LEFT, NONE)
    for point in points[1:]:
        person.move(view.canvas, point, NONE, LEFT)


def brightest(app):
    """Where the contrast is: in a vessel."""
    from tests.app.test_vessels import bright_point

    return bright_point(SimpleNamespace(app=app))


if __name__ == "__main__":
    sys.exit(main())
