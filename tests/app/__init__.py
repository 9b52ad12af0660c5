"""Tests of the desktop application, driven by real mouse and key events under Xvfb."""
