"""CTs rendered from label maps, and real CTs changed: what the networks are trained on.

A chance (`Chance`) is drawn from in a fixed order, so a seed fixes the CT. Tensors are (k, j, i)
at cubes of `voxel_mm`, on any device:

    labels = with_contacts(chance, labels)                  # organs touch, as they do in people
    hu = rendered(chance, labels, drawn_look(chance))
    hu, liver, lesion = with_lesions(chance, hu, labels == Label.LIVER)
    hu = scanned(chance, hu, drawn_scan(chance))            # partial volume, slices, noise
"""

from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.contacts import with_contacts
from liverplan_training.rendering.ct import rendered
from liverplan_training.rendering.filters import blurred, widened
from liverplan_training.rendering.lesions import Manner, with_lesions
from liverplan_training.rendering.looks import Look, Phase, drawn_look
from liverplan_training.rendering.real import with_other_densities
from liverplan_training.rendering.scanner import Scan, drawn_scan, scanned
from liverplan_training.rendering.warp import Warp, drawn_warp

__all__ = [
    "Chance",
    "Look",
    "Manner",
    "Phase",
    "Scan",
    "Warp",
    "blurred",
    "drawn_look",
    "drawn_scan",
    "drawn_warp",
    "rendered",
    "scanned",
    "widened",
    "with_contacts",
    "with_lesions",
    "with_other_densities",
]
