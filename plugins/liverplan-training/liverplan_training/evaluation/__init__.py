"""Measuring: a network on rendered CTs of maps that never trained, one condition at a time."""
