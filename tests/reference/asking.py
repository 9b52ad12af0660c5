"""Ask the command line, in this process and by its own door, and take down what it says."""

import contextlib
import hashlib
import io
import json
import os
import re
import runpy
import sys
import warnings
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import numpy as np
import SimpleITK as sitk

from tests.reference import inputs as made
from tests.reference.comparing import differences
from tests.reference.rows import (
    ACCEPTED,
    MASKS,
    PATIENTS,
    PLANE,
    PLANS,
    REFUSED,
    REFUSED_INPUTS,
    SEGMENTS,
)

TOLD_ONCE = {"title", "source", "ambiguity"}
"""Words of the protocol and of the model of errors: the same in every row, held in one."""

ALLOW = "--allow-faults"
"""0.3.0 knew no such option: it judged planes in spite of their faults."""

UNSTEADY = {"software", "measurement"}
"""What says which version it was."""


class Asker:
    """Runs commands on the inputs in a folder; every row is made anew in a folder of its own."""

    def __init__(self, folder, spacing_mm=made.FINE_MM):
        self.folder = folder
        self.inputs = made.make(folder, spacing_mm)
        self.count = 0

    @cached_property
    def coarse(self):
        """Another, on a coarser CT."""
        return Asker(self.folder / "coarse", made.COARSE_MM)

    def run(self, *arguments, **places):
        """(exit status, stdout, stderr) of ``python -m liverplan ARGUMENTS``; {name} is a file."""
        words = [_placed(str(a), self.folder, places) for a in arguments]
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.object(sys, "argv", ["liverplan", *words]),
            mock.patch.dict(os.environ, {"COLUMNS": "500", "NO_COLOR": "1", "TERM": "dumb"}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
        ):
            status = _main()
        return status, out.getvalue(), self._unplaced(err.getvalue())

    def new(self):
        """A path where nothing lies yet."""
        self.count += 1
        return self.folder / f"made{self.count}"

    def json(self, *arguments, **places):
        """The one document of a command that is done."""
        status, out, err = self.run(*arguments, "--json", **places)
        if status == 2 and ALLOW in arguments:
            known = [word for word in arguments if word != ALLOW]
            status, out, err = self.run(*known, "--json", **places)
        if status != 0:
            return {"status": status, "stderr": err}
        return _kept(json.loads(out))

    def _unplaced(self, words):
        words = words.replace(str(self.folder), "FOLDER")
        words = re.sub(r"(?s)Usage:.*?(Error|$)", r"\1", words)  # help may be worded anew
        return " ".join(re.sub(r"made\d+", "made", words).split())


def _main():
    try:
        runpy.run_module("liverplan", run_name="__main__")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _placed(word, folder, places):
    def path(found):
        return str(places.get(found[1], folder / found[1]))

    return re.sub(r"\{([^}]*)\}", path, word)


def _kept(document):
    return {key: value for key, value in document.items() if key not in UNSTEADY}


def _short(document):
    """A result without the words that every result repeats."""
    short = dict(document)
    for name in ("criteria", "contributions"):
        if name in short:
            rows = short[name]
            short[name] = [{k: v for k, v in r.items() if k not in TOLD_ONCE} for r in rows]
    return short


def assessed(asker, options):
    """A result of the true masks, and whether measuring the case again gives the same.

    Within rounding: a direction that was read again is made a unit vector again.
    """
    case = asker.new()
    found = asker.json("assess", "{ct}", "--out", case, *MASKS, *options)
    again = asker.json("measure", case)
    return {
        "result": _short(found),
        "measured again": not differences(found, again, tolerance=1e-9),
    }


def whole_result(asker):
    """One result with all its words."""
    return asker.json("assess", "{ct}", "--out", asker.new(), *MASKS, *PLANE)


def refused(asker, options):
    new = asker.new()
    arguments = ("assess", "{ct}", "--out", new, *MASKS, *options, "--json")
    return {**_status(asker, arguments), "nothing is left": not new.exists()}


def refused_input(asker, arguments):
    return _status(asker, arguments, new=asker.new())


def _status(asker, arguments, **places):
    status, out, err = asker.run(*arguments, **places)
    return {"status": status, "stdout": out, "stderr": err}


def some_masks(asker):
    """Fewer metastases, none, and a liver alone."""
    base = ("assess", "{ct}", "--out")
    two = asker.json(*base, asker.new(), *MASKS, "--lesion-labels", "1,3", *PLANE)
    none = asker.json(*base, asker.new(), "--liver", "{liver.nii.gz}", *ACCEPTED, *PLANE)
    return {"two": _short(two), "none": _short(none)}


def segmented(asker):
    """The automatic labels of the computed CT, and what is judged of them."""
    clicks = [o for c in ("-93.5,6,10.5", "-88,-15,-47") for o in ("--lesion", c)]
    out = asker.folder / "labels.nii.gz"
    method = ("--backend", "classical")  # to the last voxel on every processor
    status, _, notes = asker.run("segment", "{ct}", "--out", out, *clicks, *method)
    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(out)))
    found = asker.json("assess", "{ct}", "--out", asker.new(), *clicks, *PLANE, *method)
    return {
        "status": status,
        "notes": notes,
        "voxels": {str(v): int((labels == v).sum()) for v in np.unique(labels)},
        "sha256": hashlib.sha256(labels.astype(np.uint8).tobytes()).hexdigest(),
        "result": _short(found),
    }


def demonstrated(asker):
    """The main job on the sample that is shipped."""
    folder = asker.new()
    status, out, _ = asker.run("demo", "--out", folder)
    result = json.loads((folder / "result.json").read_text("utf-8"))
    return {"status": status, "verdict": out.splitlines()[:-1], "result": _short(_kept(result))}


def phantom(asker):
    """What the computed torso is made of."""
    hu, labels = asker.inputs.hu, asker.inputs.labels
    return {
        "shape": list(labels.shape),
        "affine": asker.inputs.affine.tolist(),
        "labels": hashlib.sha256(labels.tobytes()).hexdigest(),
        "hu": hashlib.sha256(hu.astype("<i2").tobytes()).hexdigest(),
    }


def suggested(asker, margin, options=()):
    case = asker.new()
    asker.json("assess", "{ct}", "--out", case, *MASKS, *options)
    return asker.json("suggest", case, "--margin", margin)


def listed(asker):
    return json.loads(asker.run("series", "{ct}", "--json")[1])


def said(asker, options):
    """The words of `assess` and of the report in each language."""
    case, found = asker.new(), {}
    _, out, err = asker.run("assess", "{ct}", "--out", case, *MASKS, *options)
    found["assess"] = {"stdout": out.splitlines(), "stderr": err}
    for language in ("en", "sv"):
        page = asker.folder / "report.html"
        asker.run("report", case, "--out", page, "--language", language)
        found[language] = {"lines": _lines(page)}
    return found


def signed(asker):
    """Keys, signatures and votes: what is said at each step, and what is refused."""
    case = asker.new()
    asker.run("assess", "{ct}", "--out", case, *MASKS, *PLANE)
    keys = {name: asker.folder / f"{name}.pem" for name in ("Dahl", "Lind", "Ek", "Holm", "Sand")}
    for key in keys.values():
        asker.run("committee", "key", key, "--public", key.with_suffix(".pub"))
    steps = {"made": ("verify", case)}
    for role, name in (("surgeon", "Dahl"), ("radiologist", "Lind"), ("surgeon", "Dahl")):
        options = ("--as", role, "--name", name, "--key", keys[name])
        steps[f"{len(steps)} {name}"] = ("committee", "sign", case, *options)
    for name, ballot, reason in (
        ("Dahl", "for", "Own plan"), ("Ek", "for", " "), ("Ek", "maybe", "So"),
        ("Ek", "for", "Clear margin"), ("Holm", "against", "Too near"), ("Sand", "abstain", "Away"),
    ):  # fmt: skip
        options = ("--vote", ballot, "--name", name, "--key", keys[name], "--reason", reason)
        steps[f"{len(steps)} {name}"] = ("committee", "vote", case, *options)
    steps["verified"] = ("verify", case, "--keys", asker.folder)
    found = {step: _said(asker, arguments) for step, arguments in steps.items()}
    return {**found, "result": _short(asker.json("measure", case))}


def _said(asker, arguments):
    status, out, err = asker.run(*arguments)
    return {"status": status, "stdout": asker._unplaced(out), "stderr": err}


def exported(asker):
    case, out = asker.new(), asker.new()
    options = (*SEGMENTS, "--resection", "H67", "--wedge", "2:5", "--patient", "{all.toml}")
    asker.run("assess", "{ct}", "--out", case, *MASKS, *options)
    asker.run("export", case, "--out", out)
    return made.numbers_of(out)


class _Text(HTMLParser):
    """The text of a page, but for its scripts, styles and drawings."""

    SILENT = frozenset({"script", "style", "svg"})

    def __init__(self):
        super().__init__()
        self.lines, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in self.SILENT

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent and data.split():
            self.lines.append(" ".join(data.split()))


def _lines(page):
    """A report's lines, without those of the moment that it was made."""
    text = _Text()
    text.feed(Path(page).read_text("utf-8"))
    moment = re.compile(r"\d\d:\d\d|[0-9a-f]{64}|liverplan \d|^root|\d{4}-\d\d-\d\d$")
    return [line for line in text.lines if not moment.search(line)]


SLOW = frozenset(
    {
        "suggested at 5 mm",
        "words: plane",
        "words: segments",
        "words: vessels",
        "automatic",
        "demo",
    }
)
"""Asked by ``python -m tests.reference`` only."""


def rows():
    """Each row's name, and the function that asks for it."""
    found = {"phantom": phantom, "series": listed, "whole result": whole_result}
    for name, options in {**PLANS, **PATIENTS}.items():
        found[name] = lambda asker, options=options: assessed(asker, options)
    for name, options in REFUSED.items():
        found[f"refused: {name}"] = lambda asker, options=options: refused(asker, options)
    for name, arguments in REFUSED_INPUTS.items():
        found[f"refused: {name}"] = lambda asker, words=arguments: refused_input(asker, words)
    found["suggested at 5 mm"] = lambda asker: suggested(asker, 5)
    found["suggested at 10 mm"] = lambda asker: suggested(asker, 10, SEGMENTS)
    people = ("--patient", "{all.toml}")
    for name, options in {
        "words: plane": PLANE,
        "words: cuts": (*PLANS["cuts laid round"], *people),
        "words: segments": (*PLANS["right hemihepatectomy"], *people),
        "words: vessels": PLANS["portal branch cut"],
    }.items():
        found[name] = lambda asker, options=options: said(asker, options)
    return {
        **found,
        "fewer masks": some_masks,
        "automatic": segmented,
        "automatic, coarse": lambda asker: segmented(asker.coarse),
        "demo": demonstrated,
        "signed": signed,
        "exported": exported,
    }
