"""How the networks that liverplan ships are made, from data to model card.

No part of the product: nothing here is a back end, and liverplan runs without it and without
torch. Conventions are liverplan's: arrays are (k, j, i), k from foot to head; here j runs from
front to back, i from the patient's right to left, and voxels are cubes of `VOXEL_MM`.
"""

from __future__ import annotations

VOXEL_MM = 2.0
"""Edge of the voxels that the networks see."""
