"""liverplan: from a CT series to the functional liver remnant, with its uncertainty and evidence.

Conventions, everywhere: world coordinates are DICOM's patient coordinates (LPS, mm); arrays are
indexed (k, j, i): slice, row, column, with k ascending from foot to head; volumes are mL, lengths
mm, densities HU; ratios are fractions between 0 and 1 and their names end in ``_fraction``. A
cut's normal points toward the tissue that stays. Nothing is rounded outside the report.

Research software. Not a medical device.
"""

__version__ = "0.3.0"

NOTICE = (
    "Research software. Not a medical device; not cleared or approved by any authority. "
    "Not for diagnosis or treatment decisions. Results must be checked by qualified clinicians."
)
