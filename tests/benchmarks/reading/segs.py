"""A SEG by each reader: segments by their labels, with codes and a hash of their voxels."""

import hashlib
import json
import tempfile
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import SimpleITK as sitk

from tests.benchmarks.reading.tools import told


def described(label, code, category, mask):
    """One segment, its (k, j, i) mask as a hash."""
    whole = np.ascontiguousarray(mask, dtype=np.uint8)
    return {
        "label": str(label),
        "code": str(code),
        "category": str(category),
        "sha256": hashlib.sha256(whole.tobytes()).hexdigest(),
    }


def _coded(item, mask):
    return described(
        item.SegmentLabel,
        item.SegmentedPropertyTypeCodeSequence[0].CodeValue,
        item.SegmentedPropertyCategoryCodeSequence[0].CodeValue,
        mask,
    )


def by_pydicom(path, images, _tools):
    """Frames one by one, each laid where its own position says."""
    seg = pydicom.dcmread(path)
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    heights = np.array([float(image.ImagePositionPatient[2]) for image in images])
    masks = np.zeros((len(seg.SegmentSequence), len(images), seg.Rows, seg.Columns), np.uint8)
    for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        height = float(group.PlanePositionSequence[0].ImagePositionPatient[2])
        masks[number - 1, np.argmin(np.abs(heights - height))] = frame
    return [_coded(item, mask) for item, mask in zip(seg.SegmentSequence, masks, strict=True)]


def by_highdicom(path, images, _tools):
    seg = hd.seg.segread(path)
    pixels = seg.get_pixels_by_source_instance(
        [image.SOPInstanceUID for image in images],
        combine_segments=False,
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
    )
    items = [seg.get_segment_description(number) for number in seg.segment_numbers]
    return [_coded(item, pixels[..., n]) for n, item in enumerate(items)]


def by_dcmqi(path, images, tools):
    """segimage2itkimage writes an image a segment, as 3D Slicer loads it."""
    with tempfile.TemporaryDirectory() as place:
        tools.of_python(
            "segimage2itkimage", "--inputDICOM", path, "--outputDirectory", place, "-t", "nrrd"
        )
        meta = json.loads((Path(place) / "meta.json").read_text())
        found = []
        for (item,) in meta["segmentAttributes"]:
            image = sitk.ReadImage(str(Path(place) / f"{item['labelID']}.nrrd"))
            onto = sitk.Resample(image, _grid(images), sitk.Transform(), sitk.sitkNearestNeighbor)
            found.append(
                described(
                    item["SegmentLabel"],
                    item["SegmentedPropertyTypeCodeSequence"]["CodeValue"],
                    item["SegmentedPropertyCategoryCodeSequence"]["CodeValue"],
                    sitk.GetArrayFromImage(onto) > 0,
                )
            )
    return found


def _grid(images):
    """The CT's grid as SimpleITK has it; the sample's rows and columns run with the axes."""
    low, high = (np.array(images[n].ImagePositionPatient, float) for n in (0, 1))
    grid = sitk.Image(images[0].Columns, images[0].Rows, len(images), sitk.sitkUInt8)
    grid.SetOrigin(low.tolist())
    grid.SetSpacing([*map(float, images[0].PixelSpacing[::-1]), float(high[2] - low[2])])
    return grid


def by_cornerstone(path, images, tools):
    """Cornerstone3D's adapter, by which OHIF loads a SEG."""
    answer = json.loads(told_by_cornerstone(path, images, tools))["segments"]
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    return answer


def told_by_cornerstone(path, images, tools, report=None):
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place) / "images.json"
        listed.write_text(json.dumps([image.filename for image in images]))
        return tools.of_node("cornerstone.mjs", path, report or path, listed)


def by_plastimatch(path, _images, _tools):
    """It takes the frames for one stack of slices, and the segments' names for nothing."""
    with tempfile.TemporaryDirectory() as place:
        told("plastimatch", "convert", "--input", path, "--output-ss-list", f"{place}/names.txt",
             "--output-prefix", place)  # fmt: skip
        names = Path(place) / "names.txt"
        raise RuntimeError("no segments" if not names.exists() else names.read_text()[:80])


READERS = {
    "highdicom": by_highdicom,
    "pydicom": by_pydicom,
    "dcmqi": by_dcmqi,
    "cornerstone": by_cornerstone,
    "plastimatch": by_plastimatch,
}
