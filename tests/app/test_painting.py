"""The overlay in pixels: both sides of a cut in their colours, marks and words in their places."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget

from liverplan.app.kit import theme
from liverplan.app.slices.contours import outlines_of
from liverplan.app.slices.convert import view_axes
from liverplan.app.slices.cut_painting import Cuts
from liverplan.app.slices.overlay import Corners, Drawing, Overlay
from liverplan.app.slices.slicing import Look, knobs_of
from liverplan.resection import Ablation, Plan, Plane, Sphere
from liverplan.volume import Grid

GRID = Grid(
    shape=(20, 60, 80),
    affine=np.array([[0, 0, 2.0, -80], [0, 2.0, 0, -60], [3.0, 0, 0, -30], [0, 0, 0, 1]]),
)
LABELS = np.zeros(GRID.shape, dtype=np.uint8)
LABELS[:, 10:50, 10:70] = 1
LOOK = Look(
    grid=GRID,
    axes=view_axes(GRID, "Axial"),
    index=10,
    centre=(59.0, 79.0),
    zoom=3.0,
    width=600,
    height=420,
)
OUTLINES = outlines_of(GRID, LOOK.axes, 10, LABELS, None)
MIDDLE = GRID.to_mm([10, 29.5, 39.5])


@pytest.fixture(scope="module")
def overlay():
    canvas = QWidget()
    made = Overlay(canvas)
    made.resize(LOOK.width, LOOK.height)
    made.keep_alive = canvas
    return made


def painted(overlay, **changes):
    """The overlay on black, as (height, width, 3) RGB."""
    given = {"look": LOOK, "outlines": OUTLINES, **changes}
    overlay.show_drawing(Drawing(**given))
    image = QImage(LOOK.width, LOOK.height, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    overlay.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(LOOK.height, LOOK.width, 4)
    return pixels[..., 2::-1].astype(int)


def at(picture, point_mm, spread=3):
    x, y = (round(v) for v in LOOK.lps_to_pixel(point_mm))
    return picture[y - spread : y + spread + 1, x - spread : x + spread + 1].reshape(-1, 3).mean(0)


def is_like(colour, rgb):
    """Whether a tint over black has a colour's hue."""
    seen = np.array(colour) / max(np.linalg.norm(colour), 1e-9)
    return seen @ np.array(rgb) / np.linalg.norm(rgb) > 0.97


def off(x_mm, y_mm=0.0):
    return MIDDLE + np.array([x_mm, y_mm, 0.0])


def test_without_cuts_the_liver_has_its_own_tint_and_nothing_lies_beside_it(overlay):
    picture = painted(overlay)
    assert is_like(at(picture, off(20, 10)), theme.LIVER)
    assert at(picture, off(-72, 40)).sum() == 0


def test_both_sides_of_a_plane_have_their_colours(overlay):
    plan = Plan(cuts=(Plane(point_mm=MIDDLE, normal=(1, 0, 0)),))
    picture = painted(overlay, cuts=Cuts(plan=plan))
    assert is_like(at(picture, off(30, 12)), theme.REMNANT)
    assert is_like(at(picture, off(-30, 12), spread=8), theme.RESECTED)


def test_what_a_ball_takes_is_hatched_and_the_rest_stays(overlay):
    plan = Plan(cuts=(Sphere(centre_mm=MIDDLE, radius_mm=15.0),))
    picture = painted(overlay, cuts=Cuts(plan=plan))
    assert is_like(at(picture, off(0), spread=8), theme.RESECTED)
    assert is_like(at(picture, off(40)), theme.REMNANT)


def test_ablated_tissue_is_crossed_both_ways(overlay):
    zone = Ablation(centre_mm=MIDDLE, radii_mm=np.full(3, 15.0), axes=np.eye(3))
    taken = Sphere(centre_mm=MIDDLE, radius_mm=15.0)
    lit = []
    for cut in (taken, zone):
        picture = painted(overlay, cuts=Cuts(plan=Plan(cuts=(cut,))))
        x, y = (round(v) for v in LOOK.lps_to_pixel(MIDDLE))
        patch = picture[y - 12 : y + 12, x - 12 : x + 12]
        lit.append(np.count_nonzero(patch[..., 0] > 120))
    assert lit[1] > 1.4 * lit[0]


def test_hidden_masks_take_the_tints_along_and_leave_the_cut_s_line(overlay):
    plan = Plan(cuts=(Plane(point_mm=MIDDLE, normal=(1, 0, 0)),))
    picture = painted(overlay, cuts=Cuts(plan=plan), masks_shown=False)
    assert at(picture, off(30, 12)).sum() == 0
    assert at(picture, off(0, 25)).max() > 25  # a line of one pixel, over seven


def test_only_an_unlocked_active_plane_has_knobs(overlay):
    plane = Plane(point_mm=MIDDLE, normal=(1, 0, 0))
    plan, (x, y) = Plan(cuts=(plane,)), knobs_of(LOOK, plane).ends[0]
    lit = []
    for active, locked in ((0, False), (0, True), (-1, False)):
        picture = painted(overlay, cuts=Cuts(plan=plan, active=active, locked=locked))
        patch = picture[round(y) - 5 : round(y) + 6, round(x) - 5 : round(x) + 6]
        lit.append(np.count_nonzero(patch.min(-1) > 200))
    assert lit[0] > 60
    assert max(lit[1:]) < 40


def test_a_lesion_is_white_in_a_dark_rim(overlay):
    labels = LABELS.copy()
    labels[8:12, 25:35, 35:45] = 2
    picture = painted(overlay, outlines=outlines_of(GRID, LOOK.axes, 10, labels, None))
    x, y = LOOK.lps_to_pixel(GRID.to_mm([10, 24.5, 39.5]))
    column = picture[round(y) - 6 : round(y) + 7, round(x)].max(-1)
    assert column.max() > 200
    assert column.min() < 60


def test_the_crosshair_leaves_its_point_free(overlay):
    x, y = 300.0, 210.0
    picture = painted(overlay, crosshair=(x, y), masks_shown=False)
    assert picture[210, 100].max() > 60
    assert picture[100, 300].max() > 60
    assert picture[205:216, 295:306].sum() == 0


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"points": ((100.0, 100.0),)}, (100, 100)),
        ({"path": ((80.0, 200.0), (120.0, 200.0))}, (200, 100)),
        ({"brush": ((100.0, 100.0), 40.0)}, (100, 140)),
        ({"axes_mm": (((80.0, 200.0), (120.0, 200.0)),)}, (200, 100)),
    ],
)
def test_marks_are_drawn_where_they_are(overlay, changes, place):
    row, column = place
    patch = (slice(row - 2, row + 3), slice(column - 2, column + 3))
    assert painted(overlay, masks_shown=False)[patch].sum() == 0
    assert painted(overlay, masks_shown=False, **changes)[patch].max() > 150


def test_the_armed_tool_s_words_stand_at_the_top_and_are_cut_to_the_width(overlay):
    band = (slice(42, 62), slice(0, LOOK.width))
    assert painted(overlay, masks_shown=False)[band].sum() == 0
    short = painted(overlay, masks_shown=False, tool_words="Click")[band]
    rows, columns = np.nonzero(short.max(-1) > 100)
    assert rows.size
    assert abs(columns.mean() - LOOK.width / 2) < 4
    long = painted(overlay, masks_shown=False, tool_words="Click into a metastasis " * 20)[band]
    _, columns = np.nonzero(long.max(-1) > 100)
    assert columns.min() >= 20
    assert columns.max() <= LOOK.width - 20


def test_the_corners_hold_their_words(overlay):
    corners = Corners(
        top_left=("2024-03-11",),
        top_right=("Axial",),
        bottom_left=("L 40 W 350",),
        bottom_right=("11/20",),
    )
    bare = painted(overlay, masks_shown=False)
    full = painted(overlay, masks_shown=False, corners=corners)
    new = (full - bare).max(-1) > 100
    for rows in (slice(0, 24), slice(LOOK.height - 24, None)):
        for columns in (slice(0, 100), slice(LOOK.width - 100, None)):
            assert new[rows, columns].any()


def test_whoever_s_ct_it_is_lies_under_no_letter_and_no_other_words(overlay):
    bare = painted(overlay, masks_shown=False)
    corners = Corners(top_left=("Longest Of All Names " * 9, "ID 4711 " * 30))
    full = painted(overlay, masks_shown=False, corners=corners)
    rows, columns = np.nonzero((full - bare).max(-1) > 100)
    assert rows.max() < 40
    assert LOOK.width / 4 < columns.max() < LOOK.width / 2 - 16


def test_the_armed_tool_s_words_stand_below_every_line_of_the_corner(overlay):
    middle = (slice(24, 130), slice(LOOK.width // 2 - 15, LOOK.width // 2 + 15))
    heights = []
    for lines in ((), ("a", "b", "c", "d", "e")):
        corners = Corners(top_left=lines)
        picture = painted(overlay, masks_shown=False, tool_words="Click", corners=corners)
        heights.append(24 + np.nonzero(picture[middle].max(-1) > 100)[0].min())
    assert heights[0] < 52
    assert heights[1] > 14 + 16 * 4 + 6


def test_a_plan_is_asked_again_only_where_it_or_the_slice_is_another(overlay, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "liverplan.app.slices.overlay.region_on", lambda *_a: asked.append(1) or None
    )
    plan = Plan(cuts=(Sphere(centre_mm=MIDDLE, radius_mm=15.0),))
    for changes in ({}, {"crosshair": (1.0, 2.0)}, {"cuts": Cuts(plan=plan)}):
        painted(overlay, **({"cuts": Cuts(plan=plan)} | changes))
    assert len(asked) == 1
    other = Plan(cuts=(Sphere(centre_mm=MIDDLE, radius_mm=16.0),))
    painted(overlay, cuts=Cuts(plan=other))
    assert len(asked) == 2


def test_nothing_is_painted_before_a_ct_is_there(overlay):
    overlay.show_drawing(Drawing())
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(0, 0, 0))
    overlay.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    assert image.pixelColor(20, 20) == QColor(0, 0, 0)


def test_the_mouse_goes_through_the_overlay(overlay):
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
