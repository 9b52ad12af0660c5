"""Correction: pure functions from one Segmentation to the next."""
