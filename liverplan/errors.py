"""What can go wrong, as one tree.

::

    LiverplanError          every refusal: its message is one sentence for the user
    ├── InputError          a file or a value that was given does not serve
    │   ├── DicomError      a DICOM file or series that cannot be read safely
    │   └── GridError       two things that should lie on one grid do not
    ├── SegmentationError   a mask cannot be found, or the hint given cannot help
    ├── PlanError           a resection that makes no sense on this liver
    ├── ProtocolError       a protocol or patient file with a fault
    ├── CaseError           a case folder that cannot be opened, trusted or written
    ├── BackendError        a plugin lacks something or failed
    └── CancelledError      the user stopped the work
"""


class LiverplanError(Exception):
    """Any refusal by liverplan; ``str(error)`` is one clear sentence."""


class InputError(LiverplanError):
    """A file or value that was given does not serve."""


class DicomError(InputError):
    """A DICOM file or series that cannot be read safely."""


class GridError(InputError):
    """Two things that should lie on one grid do not."""


class SegmentationError(LiverplanError):
    """A mask cannot be found, or the hint given cannot help."""


class PlanError(LiverplanError):
    """A resection that makes no sense on this liver."""


class ProtocolError(LiverplanError):
    """A protocol or patient file with a fault."""


class CaseError(LiverplanError):
    """A case folder that cannot be opened, trusted or written."""


class BackendError(LiverplanError):
    """A plugin lacks something or failed."""


class CancelledError(LiverplanError):
    """The user stopped the work."""
