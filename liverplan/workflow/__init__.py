"""The verbs that the command line and the application share.

`assess` is the main job: DICOM in, findings out, kept as a case. The others reopen a case or do a
part of it. Nothing here draws, parses or computes: each verb joins the rooms below.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
