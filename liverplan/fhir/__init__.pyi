from .bundle import Signed, bundle_of
from .elements import Release

__all__ = ["Release", "Signed", "bundle_of"]
