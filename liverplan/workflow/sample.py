"""The built-in sample CT, and the main job on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from liverplan import phantom
from liverplan.dicom.write_ct import write_ct_series
from liverplan.findings import Findings
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.words import in_english
from liverplan.workflow.cases import assess
from liverplan.workflow.folders import whole_folder
from liverplan.workflow.outputs import write_report
from liverplan.workflow.progress import Progress, part, tell
from liverplan.workflow.request import Request

DEMO = frozenset({"sample", "case", "result.json", "report.html"})
"""What a demo writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample as written: its folder, its number of slices, and what is true of it."""

    folder: Path
    slices: int
    truth: phantom.Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demo found and where its report lies."""

    findings: Findings
    report: Path


def write_sample(folder: Path, *, progress: Progress | None = None) -> Sample:
    """Write the sample CT as a DICOM series, and ``truth.json`` with its exact volumes.

    Raises
    ------
    InputError
        If the folder holds anything but an earlier sample, or cannot be written.
    """
    with whole_folder(folder, _is_sample) as part_folder:
        tell(progress, 0.0, "Making the sample CT")
        made = phantom.make_phantom(progress=part(progress, 0.0, 0.6))
        tell(progress, 0.6, "Writing the sample CT")
        paths = write_ct_series(made.volume, part_folder)
        truth = json.dumps(made.truth.to_json(), indent=2) + "\n"
        (part_folder / "truth.json").write_text(truth, "utf-8")
    return Sample(folder=folder, slices=len(paths), truth=made.truth)


def demo(out: Path, *, progress: Progress | None = None) -> Demo:
    """Do the main job on the sample: segment, plan, measure, judge, report.

    ``out`` gets ``sample/``, ``case/``, ``result.json`` and ``report.html``; a demo that lies there
    from before is replaced.
    """
    with whole_folder(out, DEMO.__contains__) as folder:
        sample = write_sample(folder / "sample", progress=part(progress, 0.0, 0.4))
        request = Request(
            clicks=tuple(tuple(lesion.centre_mm.tolist()) for lesion in sample.truth.lesions),
            planes=((*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL),),
        )
        findings = assess(
            sample.folder, folder / "case", request, progress=part(progress, 0.4, 0.9)
        )
        document = json.dumps(findings.to_json(in_english), indent=2) + "\n"
        (folder / "result.json").write_text(document, "utf-8")
        tell(progress, 0.9, "Writing the report")
        write_report(folder / "case", folder / "report.html")
    return Demo(findings=findings, report=out / "report.html")


def _is_sample(name: str) -> bool:
    return name == "truth.json" or (name.startswith("ct_") and name.endswith(".dcm"))
