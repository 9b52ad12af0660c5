"""A result as HL7 FHIR resources: read off its DICOM structured report, so that both say the same.

Codes are the report's own and no others; what has none there is told in text only. A report that
was de-identified gives resources without identity. Names are loaded when they are first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
