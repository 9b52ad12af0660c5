"""What is cut: cuts as values, and the plans that combine them."""

from liverplan.resection.cuts import Plane

__all__ = ["Plane"]
