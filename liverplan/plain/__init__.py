"""Text that others wrote, made safe to show, to name a file by and to put into a table.

Names, reasons, identifiers and headers come from people, scanners and archives. `clean` shows
them on a screen, a terminal or paper with nothing hidden in them; `bare` is for DICOM, where a
backslash separates values; `file_name` and `kept_as_file_name` name files; `to_cell` and
`from_cell` are for CSV; `unfit_name` and `unfit_text` limit what is kept. JSON keeps every text as
it is: its own escapes hide nothing.
"""

from liverplan.plain.cells import from_cell, to_cell
from liverplan.plain.filenames import file_name, fits_as_file_name, kept_as_file_name
from liverplan.plain.limits import LONGEST_NAME, LONGEST_TEXT, unfit_name, unfit_text
from liverplan.plain.shown import bare, clean, clean_lines, clean_value

__all__ = [
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "bare",
    "clean",
    "clean_lines",
    "clean_value",
    "file_name",
    "fits_as_file_name",
    "from_cell",
    "kept_as_file_name",
    "to_cell",
    "unfit_name",
    "unfit_text",
]
