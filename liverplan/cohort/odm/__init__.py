"""The cohort's tables to and from trial databases, as CDISC ODM 1.3 (REDCap, LibreClinica).

A table is a form, a column an item, a patient a subject; where a patient has several rows, the form
repeats. Files are untrusted: no document type, no entities, no more than a size.
"""

from liverplan.cohort.odm.files import export_odm, import_odm
from liverplan.cohort.odm.read import read_odm
from liverplan.cohort.odm.write import odm_of

__all__ = ["export_odm", "import_odm", "odm_of", "read_odm"]
