"""Widgets, colours and the parts of a panel, which know nothing of a patient."""
