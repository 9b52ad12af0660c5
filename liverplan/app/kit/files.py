"""Asking for a file or a folder; None where the person thought better of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from liverplan.app.kit.language import en, tr

MASKS = en("Masks (*.nii *.nii.gz *.nrrd *.dcm);;All files (*)")


def file_to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Ask for a file that is there; ``kinds`` as Qt's file dialog takes them."""
    chosen, _ = QFileDialog.getOpenFileName(parent.window(), title, "", tr(kinds))
    return Path(chosen) if chosen else None


def file_to_write(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Ask where to write a file; ``name`` is proposed."""
    chosen, _ = QFileDialog.getSaveFileName(parent.window(), title, name, tr(kinds))
    return Path(chosen) if chosen else None


def folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder."""
    chosen = QFileDialog.getExistingDirectory(parent.window(), title)
    return Path(chosen) if chosen else None
