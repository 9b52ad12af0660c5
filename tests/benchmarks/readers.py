"""Who reads what is exported: SEGs, structured report, STL and glTF, by programs of others.

``python -m tests.benchmarks.readers [--tools FOLDER]``. Fetches dcmqi and trimesh with pip and
Cornerstone's adapters with npm into the folder, or one that is thrown away; plastimatch and dcmtk
are Debian's. Prints the tables of ``docs/dicom_readers.md``.
"""

import argparse
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pydicom

from liverplan import dicom, workflow
from liverplan.case import open_case
from liverplan.workflow.exporting import parts_of
from liverplan.workflow.outputs import report_input
from tests.benchmarks.reading import reports, segs, shapes
from tests.benchmarks.reading.tools import Tools, told
from tests.exported import make_case

CLOSE = 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        tools = Tools.fetched(options.tools or Path(place))
        made = make_case(Path(place) / "made")
        workflow.export_case(made.case, made.folder / "out")
        print("\n".join(lines(made, tools)))


def lines(made, tools):
    """The tables, line by line."""
    yield from table_of_segs(made, tools)
    yield from table_of_reports(made, tools)
    yield from table_of_shapes(made, tools)
    yield from frames_left_out(made)
    own = {name: version(name) for name in ("pydicom", "highdicom", "vtk")}
    others = own | tools.versions()
    debian = told("dpkg-query", "-W", "-f", "${Package} ${Version}, ", "dcmtk", "plastimatch")
    listed = ", ".join(f"{name} {number}" for name, number in sorted(others.items()))
    yield f"\nVersions: {listed}, {debian.rstrip(', ')}."


def images_of(made):
    """The CT's headers, foot to head."""
    found = [pydicom.dcmread(p, stop_before_pixels=True) for p in (made.folder / "ct").iterdir()]
    return sorted(found, key=lambda image: float(image.ImagePositionPatient[2]))


def sets_of(made):
    """What the SEGs ought to hold, from the case."""
    request = report_input(open_case(made.case))
    remnant_ml = request.findings.volumes.remnant_ml
    parts = parts_of(request.segmentation, request.plan, request.maps, remnant_ml)
    return dicom.segment_sets(request.segmentation, **parts, maps=request.maps)


def truth_of(made):
    """The same as each reader describes it."""
    return {
        name: [
            segs.described(
                one.name, one.structure.kind.value, one.structure.category.value, one.mask
            )
            for one in some
        ]
        for name, some in sets_of(made).items()
    }


def table_of_segs(made, tools):
    images = images_of(made)
    yield "| SEG: segments, codes, every voxel | " + " | ".join(segs.READERS) + " |"
    yield "|---" * (len(segs.READERS) + 1) + "|"
    for name, wanted in truth_of(made).items():
        path = made.folder / f"out/{name}.dcm"
        cells = [_held(read, path, images, tools, wanted) for read in segs.READERS.values()]
        yield f"| `{name}.dcm`, {len(wanted)} segments | " + " | ".join(cells) + " |"


def _held(read, path, images, tools, wanted):
    try:
        found = read(path, images, tools)
    except (RuntimeError, OSError) as error:
        return str(error).splitlines()[0][:60]
    keys = ("label", "code", "category")
    if [[one[key] for key in keys] for one in found] != [[o[key] for key in keys] for o in wanted]:
        return "other names or codes"
    lost = [a["label"] for a, b in zip(wanted, found, strict=True) if a["sha256"] != b["sha256"]]
    return f"other voxels: {', '.join(lost)}" if lost else "all"


def table_of_reports(made, tools):
    images, wanted = images_of(made), reports.expected(made.findings)
    path = made.folder / "out/measurements.dcm"
    numbers = sum(map(len, wanted.values()))
    yield "\n| SR: groups, codes, values, units | " + " | ".join(reports.READERS) + " |"
    yield "|---" * (len(reports.READERS) + 1) + "|"
    cells = [_same(read, path, images, tools, wanted) for read in reports.READERS.values()]
    yield f"| {len(wanted)} groups, {numbers} numbers | " + " | ".join(cells) + " |"


def _same(read, path, images, tools, wanted):
    try:
        found = read(path, images, tools)
    except (RuntimeError, OSError) as error:
        return str(error).splitlines()[0][:60]
    other = [name for name in wanted if not _equal(found.get(name, []), wanted[name])]
    return f"other: {', '.join(other)}" if other or found.keys() != wanted.keys() else "all"


def _equal(found, wanted):
    return len(found) == len(wanted) and all(
        (a[0], a[2]) == (b[0], b[2]) and np.isclose(a[1], b[1], rtol=CLOSE)
        for a, b in zip(found, wanted, strict=True)
    )


def table_of_shapes(made, tools):
    voxel_ml = made.ct.volume.grid.voxel_ml
    solids = {
        one.name: np.count_nonzero(one.mask) * voxel_ml
        for name, some in sets_of(made).items()
        if name in {"segmentation", "hepatic_vessels", "couinaud"}
        for one in some
    }
    files = {name: made.folder / "out" / f"{_file(name)}.stl" for name in solids}
    yield "\n| STL: closed, and what is enclosed | " + " | ".join(shapes.READERS) + " |"
    yield "|---" * (len(shapes.READERS) + 1) + "|"
    found = {
        reader: {name: read(path, tools) for name, path in files.items()}
        for reader, read in shapes.READERS.items()
    }
    cells = []
    for by_name in found.values():
        closed = sum(one["closed"] for one in by_name.values())
        off = max(abs(by_name[name]["ml"] / ml - 1) for name, ml in solids.items() if ml > 50)
        cells.append(f"{closed} closed, {100 * off:.1f} % off the voxels at most")
    yield f"| {len(solids)} solids (volumes: over 50 mL) | " + " | ".join(cells) + " |"
    glb = made.folder / "out/liver.glb"
    faults = shapes.faults_by_validator(glb, tools)
    nodes = shapes.nodes_by_trimesh(glb, tools)
    said = ", ".join(f"{count} {kind}" for kind, count in faults.items())
    yield f"\nglTF: {len(nodes)} named surfaces by trimesh; the Khronos validator finds {said}."


def _file(name):
    short = {"Future liver remnant": "remnant", "Resected liver": "resected"}
    return short.get(name, name.lower().replace(" ", "_"))


def frames_left_out(made):
    written = whole = 0
    for name, some in sets_of(made).items():
        seg = pydicom.dcmread(made.folder / f"out/{name}.dcm", stop_before_pixels=True)
        written += seg.NumberOfFrames
        whole += len(some) * made.ct.volume.grid.shape[0]
    yield f"\nFrames written: {written} of {whole}; those left out are empty."


if __name__ == "__main__":
    main()
