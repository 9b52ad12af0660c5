from .check import Check, in_words
from .examination import examine, system

__all__ = [
    "Check",
    "examine",
    "in_words",
    "system",
]
