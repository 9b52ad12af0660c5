"""Metastases: outlined from a click or a stroke, measured by their axes, looked for."""
