"""The trial's analysis for reading: one HTML file and one PDF of everything that was estimated.

What is shown is what the document of endpoints holds, whatever its parts: each becomes a section of
tables, so that a part that is added there appears here too.
"""

from liverplan.cohort.analysis.figures import pictures_of
from liverplan.cohort.analysis.picture import Picture
from liverplan.cohort.analysis.write import write_analysis

__all__ = ["Picture", "pictures_of", "write_analysis"]
