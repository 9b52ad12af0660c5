"""Findings -> HTML, PDF and pictures; the only room that rounds."""
