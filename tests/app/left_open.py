"""A person who works until the process is killed: ``python -m tests.app.left_open HOME``.

Each finished step is printed with its numbers; the parent kills this process without warning.
"""

import json
import os
import sys
import tempfile
from pathlib import Path


def main():
    home = Path(sys.argv[1])
    os.environ["NAPARI_CONFIG"] = str(Path(tempfile.mkdtemp()) / "napari.yaml")
    from liverplan.app.shell.application import Application
    from tests.app.person import Person
    from tests.app.test_journey import find_liver, open_sample, place_plane

    app = Application(home)
    app.show(1600, 1000)
    person = Person(app)
    open_sample(person)
    find_liver(person)
    app.live.derived.lesion_centres[0] = app.live.derived.centre_mm  # there is no lesion to spare
    place_plane(person)
    view = person.view()
    for step in range(1000):
        start = person.knobs(view).middle
        move = 5 if step % 4 < 2 else -5
        person.drag(view.canvas, start, (start[0] + move, start[1] + 1), steps=3)
        person.settle()
        print(json.dumps({"step": step, **numbers(app)}), flush=True)
        if step < 1:  # let the first step reach the disk; the others are as quick as a hand
            person.wait(lambda: not app.saver.pending, what="the case to be written")
            person.settle()
            print(json.dumps({"saved": True}), flush=True)


def numbers(app):
    """What is on screen, to the last digit."""
    return {
        "remnant_ml": app.live.remnant.remnant_ml,
        "resected_ml": app.live.remnant.resected_ml,
        "shown": app.result.number.text(),
    }


if __name__ == "__main__":
    main()
