"""Plans, patients and landmarks as the text files that the command line reads."""

import datetime as dt

TRUNK = ((0.0, 0.0, 0.0), (-40.0, 0.0, 0.0))
LIMBS = (
    ((-40.0, 0.0, 0.0), (-110.0, -20.0, 30.0)),
    ((-40.0, 0.0, 0.0), (-100.0, 10.0, -50.0)),
)


def table(kind, **values):
    """One ``[[cuts]]`` table."""
    rows = "".join(f"{key} = {value}\n" for key, value in values.items())
    return f"[[cuts]]\nkind = '{kind}'\n{rows}"


def plane(point, normal):
    return table("plane", point_mm=point, normal=normal)


def _cleft(*planes):
    rows = "".join(
        f"[[cuts.planes]]\nkind = 'plane'\npoint_mm = {p}\nnormal = {n}\n" for p, n in planes
    )
    return f"[[cuts]]\nkind = 'cleft'\n{rows}"


def _surface(step, origin):
    """A curved cut of 3 x 3 control points, from its corner."""
    return table(
        "surface",
        origin_mm=origin,
        axes=[[0, 1, 0], [0, 0, 1], [1, 0, 0]],
        step_mm=[step, step],
        heights_mm=[[0, 3, 0], [3, 5, 3], [0, 3, 0]],
    )


# A net whose second row bends back under the third: the sheet folds over itself.
_NET = [
    [[-20 + 60 * bend, y, z] for z in (-150.0, 0.0, 150.0)]
    for bend, y in ((-0.8, -150.0), (0.0, -20.0), (0.8, -60.0), (0.0, 20.0), (0.0, 150.0))
]
_FLAT = [[[-30.0 + 0.1 * y, y, z] for z in (-150.0, 0.0, 150.0)] for y in (-150.0, 0.0, 150.0)]
_INSIDE = [[[-30.0, y, z] for z in (-10.0, 0.0, 10.0)] for y in (-10.0, 0.0, 10.0)]

_AXES = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
_BURN = table("ablation", centre_mm=[-88, -15, -47], radii_mm=[22, 22, 22], axes=_AXES)
_TURNED = [[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]]
_EGG = table("ablation", centre_mm=[-88, -15, -47], radii_mm=[26, 21, 23], axes=_TURNED)
_BALL = table("sphere", centre_mm=[-75, 40, 24], radius_mm=16)
_WEDGE = table(
    "wedge", tip_mm=[-88, -15, -47], direction=[-0.8, -0.6, 0], radius_mm=21, half_angle_deg=25
)
_WEDGE_USUAL = table("wedge", tip_mm=[-88, -15, -47], direction=[-1, 0, -1], radius_mm=20)
_AROUND = table("wedge", around=2, margin_mm=10, direction=[-1, 0, 0])
_AROUND_BALL = table("sphere", around=4, margin_mm=5)
_CLEFT = _cleft(([30, 0, 0], [-1, 0, 0.2]), ([0, 0, 5], [0, 0.1, 1]))
_LEFT_LATERAL = table("parts", scheme="'couinaud'", names=["2", "3"])
_LEFT_PLANE = plane([50, 0, 0], [-1, 0, 0])

PLANS = {
    "sphere.toml": _BALL,
    "wedge.toml": _WEDGE,
    "wedge_usual.toml": _WEDGE_USUAL,
    "cleft.toml": _CLEFT,
    "parallel.toml": _cleft(([-20, 0, 0], [1, 0, 0]), ([-40, 0, 0], [1, 0, 0])),
    "ablation.toml": _BURN,
    "ellipsoid.toml": _EGG,
    "surface.toml": _surface(150, [-20, -150, -160]),
    "folded.toml": table("sheet", control_mm=_NET, stays_toward=[1, 0, 0]),
    "sheet.toml": table("sheet", control_mm=_FLAT, stays_toward=[1, 0, 0]),
    "around.toml": 'name = "wedge, ball and ablation"\n' + _AROUND + _AROUND_BALL + _BURN,
    "mixed.toml": 'name = "of many kinds"\n' + _BALL + _EGG + _LEFT_PLANE + _WEDGE,
    "mixed_surface.toml": _surface(150, [-50, -150, -160]) + _CLEFT + _BURN,
    "mixed_parts.toml": _LEFT_LATERAL + _BALL + _BURN,
    "mixed_sheet.toml": table("sheet", control_mm=_FLAT, stays_toward=[1, 0, 0]) + _LEFT_PLANE,
    # Refused: each with its fault.
    "short_surface.toml": _surface(10, [-20, -20, -10]),
    "short_sheet.toml": table("sheet", control_mm=_INSIDE, stays_toward=[1, 0, 0]),
    "miss.toml": table("sphere", centre_mm=[500, 0, 0], radius_mm=10),
    "miss_plane.toml": plane([500, 0, 0], [1, 0, 0]) + _BALL,
    "island.toml": _cleft(([20, 0, 0], [1, 0, 0]), ([0, 0, 0], [-1, 0, 0])),
    "through.toml": table("sphere", centre_mm=[-112, 6, 10], radius_mm=20),
    "whole.toml": table("sphere", centre_mm=[-30, 0, 0], radius_mm=400) + _BALL,
    "two_faults.toml": _surface(10, [-20, -20, -10])
    + table("sphere", centre_mm=[-112, 6, 10], radius_mm=20),
    "no_cuts.toml": "",
    "cuts_no_list.toml": "cuts = 3",
    "broken.toml": "[[cuts",
    "coloured.toml": "colour = 'red'",
    "lens.toml": "[[cuts]]\nkind = 'lens'",
    "plane_around.toml": table("plane", around=2, margin_mm=3),
    "no_margin.toml": table("wedge", around=2),
    "around_words.toml": table("wedge", around="'x'", margin_mm=3),
    "negative_margin.toml": table("wedge", around=2, margin_mm=-3),
    "wedge_hue.toml": table("wedge", around=2, margin_mm=3, hue=1),
    "short_direction.toml": table("wedge", around=2, margin_mm=3, direction=[1]),
    "ninth_label.toml": table("wedge", around=9, margin_mm=3),
    "lacks_radius.toml": table("sphere", centre_mm=[0, 0, 0]),
    "no_radius.toml": table("sphere", centre_mm=[0, 0, 0], radius_mm=0),
    "no_normal.toml": plane([0, 0, 0], [0, 0, 0]),
    "other_map.toml": table("parts", scheme="'bile'", names=["a"]),
    "no_names.toml": table("parts", scheme="'couinaud'", names=[]),
    "one_plane_cleft.toml": _cleft(([20, 0, 0], [1, 0, 0])),
    "crooked_ablation.toml": table(
        "ablation", centre_mm=[0, 0, 0], radii_mm=[5, 5, 5], axes=[[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    ),
    "steep_surface.toml": table(
        "surface",
        origin_mm=[-20, -20, -10],
        axes=_AXES,
        step_mm=[10, 10],
        heights_mm=[[0, 90, 0], [90, 0, 90], [0, 90, 0]],
    ),
    "wide_wedge.toml": table(
        "wedge", tip_mm=[0, 0, 0], direction=[1, 0, 0], radius_mm=5, half_angle_deg=120
    ),
}

_CLICKS = {
    "cava": [-26.0, 30.0, 50.0],
    "right_vein": [-90.0, 8.0, 2.0],
    "middle_vein": [-41.0, -44.0, -4.0],
    "left_vein": [42.0, -30.0, 16.0],
    "gallbladder_fossa": [-45.0, -50.0, -50.0],
    "portal_bifurcation": [-26.0, 8.0, -14.0],
    "right_portal": [-52.0, 8.0, -8.0],
    "left_portal": [13.0, -22.0, 2.0],
    "umbilical_portion": [13.0, -22.0, 2.0],
    "falciform": [16.0, -74.0, 0.0],
}


def _landmarks(clicks):
    return "[points_mm]\n" + "".join(f"{name} = {point}\n" for name, point in clicks.items())


LANDMARKS = {
    "landmarks.toml": _landmarks(_CLICKS),
    "no_cava.toml": _landmarks({k: v for k, v in _CLICKS.items() if k != "cava"}),
}
BRANCHES = {
    "branches.toml": "[branches_mm]\n8 = {}\n6 = {}\n".format(*(list(end) for _, end in LIMBS)),
    "ninth_branch.toml": "[branches_mm]\n9 = [0, 0, 0]\n",
}

_PERSON = {
    "birth_date": "1961-04-02",
    "decision_date": "2024-03-11",
    "sex": "'female'",
    "height_cm": 165,
    "weight_kg": 70,
}
_YES = (
    "consent", "breast_cancer_history", "biopsy", "amenable", "operability", "bone",
    "primary_resected",
)  # fmt: skip
_NO = ("extrahepatic", "pregnancy", "progression")
_FACTS = {"ecog": "0", **dict.fromkeys(_YES, "true"), **dict.fromkeys(_NO, "false")}


def patient(*, person=None, facts=None, second_mm=(14.2, 28.0), visits=2):
    """A patient file: a person and facts as a (key: TOML value) mapping, None leaves one out."""
    lines = ["schema = 'liverplan.patient/1'", "[person]"]
    lines += [f"{k} = {v}" for k, v in {**_PERSON, **(person or {})}.items() if v is not None]
    for name, value in {**_FACTS, **(facts or {})}.items():
        if value is not None:
            lines += [f"[facts.{name}]", f"value = {value}", "by = 'A. Berg'", "date = 2024-03-01"]
    first = dt.date(2023, 10, 30)
    for number, sizes in enumerate(((23.0, 41.5), second_mm)[:visits]):
        day = first + dt.timedelta(days=120 * number)
        lines += ["[[recist]]", f"date = {day}", f"targets_mm = {list(sizes)}", "by = 'R. Lind'"]
        if number:
            lines += ["non_target = 'none'", "new_lesion = false"]
    return "\n".join(lines) + "\n"


_NOBODY = "schema = 'liverplan.patient/1'\n[person]\n"

PATIENTS = {
    "all.toml": patient(),
    "none.toml": _NOBODY,
    "size.toml": _NOBODY + "height_cm = 165\nweight_kg = 70\n",
    "large.toml": _NOBODY + "height_cm = 190\nweight_kg = 120\nsex = 'male'\n",
    "no_size.toml": patient(person={"height_cm": None, "weight_kg": None}),
    "unattested.toml": patient().replace("by = 'A. Berg'\n", "", 1),
    "young.toml": patient(person={"birth_date": "2006-03-11"}),
    "eighteen.toml": patient(person={"birth_date": "2006-03-12"}),
    "ecog_two.toml": patient(facts={"ecog": "2"}),
    "no_consent.toml": patient(facts={"consent": "false"}),
    "not_biopsied.toml": patient(facts={"biopsy": None}),
    "unclear.toml": patient(facts={"extrahepatic": "'unclear'", "operability": "'unclear'"}),
    "extrahepatic.toml": patient(facts={"extrahepatic": "true"}),
    "pregnant.toml": patient(facts={"pregnancy": "true"}),
    "progressed.toml": patient(second_mm=(40.0, 60.0)),
    "gone.toml": patient(second_mm=(0.0, 0.0)),
    "one_visit.toml": patient(visits=1),
    # Refused.
    "no_schema.toml": "[person]\n",
    "strange_fact.toml": patient(facts={"shoe_size": "38"}),
    "short.toml": patient(person={"height_cm": 16}),
    "born_late.toml": patient(person={"birth_date": "2031-01-01"}),
    "ecog_seven.toml": patient(facts={"ecog": "7"}),
}
