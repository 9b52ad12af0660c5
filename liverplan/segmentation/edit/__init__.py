"""Correction: pure functions from one Segmentation to the next, each in its own small region.

Nothing is changed in place: undo is keeping the Segmentation from before. Every function leaves
lesions alone unless it is told their label, and counts its edit: what was changed must be accepted
anew.
"""
