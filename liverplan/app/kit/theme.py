"""Colours, presets and the style sheet: what the window looks like, as data."""

from __future__ import annotations

REMNANT = (86, 180, 233)
RESECTED = (213, 94, 0)
MARGIN = (240, 228, 66)
LIVER = (221, 130, 101)
PORTAL_VEIN = (204, 121, 167)
HEPATIC_VEIN = (0, 114, 178)
VESSELS = {"portal vein": PORTAL_VEIN, "hepatic veins": HEPATIC_VEIN}
OTHER_VESSEL = (150, 160, 200)
LESION = (255, 255, 255)
CROSSHAIR = (120, 200, 120)
TEXT = (230, 230, 230)
SECONDARY = (176, 180, 188)

TINT_OPACITY = 0.32

PRESETS: tuple[tuple[str, int, int], ...] = (
    ("Abdomen", 40, 350),
    ("Liver", 90, 150),
    ("Vessels", 120, 380),
    ("Lung", -600, 1500),
    ("Bone", 300, 1500),
)
"""Name, level and width in HU, on the keys 1 to 5."""

STYLE = """
QWidget#liverplan { background: #1e1e22; color: #e6e6e6; font-size: 13px; }
#liverplan QLabel { color: #e6e6e6; background: transparent; font-size: 13px; }
#liverplan QLabel[role="secondary"] { color: #b0b4bc; font-size: 12px; }
#liverplan QLabel[role="title"] { font-size: 15px; font-weight: 600; }
#liverplan QLabel[role="notice"] {
    background: #3a3420; color: #f4e9b8; border-left: 3px solid #f0e442; padding: 6px 8px;
    font-size: 13px;
}
#liverplan QLabel[role="notice"][kind="info"] {
    background: #22303a; color: #d5e9f5; border-left: 3px solid #56b4e9;
}
#liverplan QLabel[role="notice"][stale="true"] {
    background: #2a2b30; color: #8a8e96; border-left: 3px solid #5a5d66;
}
#liverplan QLabel[role="number"] { font-size: 44px; font-weight: 700; }
#liverplan QLabel[role="number"][stale="true"] { color: #8a8e96; }
#liverplan QLabel[role="ml"] { font-size: 16px; }
#liverplan QLabel[role="verdict"] { font-size: 14px; }
#liverplan QLabel[role="verdict"][stale="true"] { color: #8a8e96; }
#liverplan QPushButton, #liverplan QToolButton {
    background: #34363d; color: #e6e6e6; border: 1px solid #474a53; border-radius: 4px;
    padding: 5px 9px; font-size: 13px; min-height: 18px;
}
#liverplan QPushButton:hover, #liverplan QToolButton:hover { background: #41444d; }
#liverplan QPushButton:pressed { background: #2a2c31; }
#liverplan QPushButton:focus, #liverplan QToolButton:focus { border: 1px solid #56b4e9; }
#liverplan QPushButton:disabled, #liverplan QToolButton:disabled {
    color: #8a8e96; background: #26272b; border-color: #34363d;
}
#liverplan QPushButton:checked, #liverplan QToolButton:checked {
    background: #1f5a7d; border-color: #56b4e9;
}
#liverplan QPushButton[role="primary"] { background: #1f6f9f; border-color: #56b4e9; }
#liverplan QPushButton[role="primary"]:hover { background: #2780b5; }
#liverplan QPushButton[role="primary"]:disabled { background: #26272b; border-color: #34363d; }
#liverplan QPushButton[role="step"] {
    text-align: left; font-size: 14px; font-weight: 600; border: none; border-radius: 0;
    background: #26272b; padding: 8px 10px;
}
#liverplan QPushButton[role="step"]:hover { background: #34363d; }
#liverplan QPushButton[role="step"]:checked { background: #2b3a46; }
#liverplan QPushButton[role="step"]:disabled { color: #8a8e96; background: #222327; }
#liverplan QPushButton[role="camera"] { padding: 2px 8px; min-width: 14px; font-size: 12px; }
#liverplan QTableWidget {
    background: #232428; alternate-background-color: #28292e; color: #e6e6e6;
    gridline-color: #34363d; border: 1px solid #34363d; font-size: 13px;
    selection-background-color: #1f4f6d; selection-color: #ffffff;
}
#liverplan QTableWidget::item:selected { background: #1f4f6d; color: #ffffff; }
#liverplan QHeaderView::section {
    background: #2c2d33; color: #b0b4bc; border: none; padding: 3px 5px; font-size: 12px;
}
#liverplan QTableWidget:disabled, #liverplan QLabel:disabled { color: #8a8e96; }
#liverplan QListWidget { background: #232428; border: 1px solid #34363d; font-size: 13px; }
#liverplan QListWidget::item { padding: 4px 6px; }
#liverplan QListWidget::item:selected { background: #1f4f6d; color: #ffffff; }
#liverplan QProgressBar {
    background: #232428; border: 1px solid #34363d; border-radius: 3px; text-align: center;
    color: #e6e6e6; font-size: 12px; min-height: 16px; max-height: 16px;
}
#liverplan QProgressBar::chunk { background: #1f6f9f; }
#liverplan QScrollArea { border: none; background: #1e1e22; }
#liverplan QDoubleSpinBox, #liverplan QComboBox, #liverplan QLineEdit, #liverplan QSpinBox {
    background: #232428; color: #e6e6e6; border: 1px solid #474a53; border-radius: 3px;
    padding: 3px 5px; font-size: 13px; min-height: 18px;
}
#liverplan QTabBar::tab {
    background: #26272b; color: #b0b4bc; padding: 5px 14px; font-size: 13px; border: none;
}
#liverplan QTabBar::tab:selected { background: #2b3a46; color: #e6e6e6; }
#liverplan QTabWidget::pane { border: none; }
#liverplan QSplitter::handle { background: #101012; }
#liverplan QCheckBox { color: #e6e6e6; font-size: 13px; min-height: 24px; }
"""
