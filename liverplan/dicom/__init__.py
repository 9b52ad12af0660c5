"""DICOM in and out: the only room that imports pydicom and highdicom.

`find_series` says what lies in a folder, zip, DICOMDIR or file; `choose_series` picks one;
`read_series` reads it, or refuses it in words. `read_seg` reads segmentations onto the CT's grid;
`write_seg`, `write_sr`, `write_pdf` and `write_stl_object` send results back to its study, and
`write_stl` writes plain surfaces.

Names are loaded when they are first asked for: reading needs neither highdicom nor scikit-image,
and their hundreds of megabytes would count against every reader.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
