"""ircadb01, where it lies at hand: numbers only, nothing of the data."""

import numpy as np
import SimpleITK as sitk

from tests.reference.asking import _short
from tests.reference.library import answers

MASKS = (
    "--liver", "{data}/liver.nii.gz", "--lesions", "{data}/tumours_labelled.nii.gz",
    "--lesion-labels", "1-7", "--accepted-by", "R. Lind",
)  # fmt: skip
PLANS = {
    "plane": ("--plane", "140,0,100,1,0.2,0.1", "--allow-faults"),
    "wedge": ("--wedge", "7:5"),
}
LESION_NUMBERS = range(1, 8)


def result(asker, data, options):
    case = asker.new()
    ct = data / "PATIENT_DICOM.zip"
    return _short(asker.json("assess", ct, "--out", case, *MASKS, *options, data=data))


def library(_asker, data):
    """The same questions to `VolumeIndex`, on the labels that the files give."""
    liver = sitk.ReadImage(str(data / "liver.nii.gz"))
    tumours = sitk.GetArrayFromImage(sitk.ReadImage(str(data / "tumours_labelled.nii.gz")))
    labels = (sitk.GetArrayFromImage(liver) > 0).astype(np.uint8)
    for number in LESION_NUMBERS:
        labels[tumours == number] = number + 1
    affine = np.eye(4)
    turn = np.array(liver.GetDirection()).reshape(3, 3) * liver.GetSpacing()
    affine[:3, :3], affine[:3, 3] = turn[:, ::-1], liver.GetOrigin()
    return answers(affine, labels)


def rows():
    found = {name: lambda a, d, o=options: result(a, d, o) for name, options in PLANS.items()}
    return {**found, "library": library}
