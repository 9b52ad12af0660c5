"""Without a screen the app's other tests are not collected, and this one says why."""

import os
import sys

import pytest


def test_there_is_a_screen_to_test_on():
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        pytest.skip("the app's tests need a screen (DISPLAY is not set): run them under xvfb-run")
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.instance() or QGuiApplication([])
    assert QGuiApplication.primaryScreen().size().width() >= 1280
