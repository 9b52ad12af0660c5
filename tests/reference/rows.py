"""The rows of the table: what is asked, by name."""

from tests.reference.inputs import CUT
from tests.reference.plans import LIMBS

ACCEPTED = ("--accepted-by", "R. Lind")
MASKS = ("--liver", "{liver.nii.gz}", "--lesions", "{lesions.nrrd}", *ACCEPTED)
SEGMENTS = ("--landmarks", "{landmarks.toml}")
PORTAL = ("--vessels", "{portal.nii.gz}")
HEPATIC = ("--vessels", "{hepatic.nii.gz}")
ENDS = tuple(",".join(map(str, end)) for _, end in LIMBS)
PLANE = ("--plane", CUT)


def file(name):
    return ("--resection", f"{{{name}.toml}}")


PLANS = {
    "no cut": (),
    "plane": PLANE,
    "axial plane": ("--plane", "0,0,-20,0,0,1"),
    "plane near the limit": ("--plane", "-17,10,10,0.975,-0.215,0.055"),
    "plane through a metastasis": ("--plane", "-95,6,10,1,0.1,0", "--allow-faults"),
    "plane that leaves metastases": ("--plane", "30,0,0,-1,0,0"),
    "two planes": ("--plane", "-60,0,0,1,0,0", "--plane", "20,0,0,-1,-0.3,0"),
    "three planes": (*PLANE, "--plane", "60,0,0,-1,0,0", "--plane", "0,0,-70,0,0,1"),
    "sphere": file("sphere"),
    "wedge": file("wedge"),
    "wedge of the usual angle": file("wedge_usual"),
    "cleft": file("cleft"),
    "cleft of parallel planes": file("parallel"),
    "ablation": file("ablation"),
    "ablation of an ellipsoid": file("ellipsoid"),
    "surface": file("surface"),
    "sheet": file("sheet"),
    "folded sheet": file("folded"),
    "wedge round a metastasis": ("--wedge", "3:10"),
    "wedges round all": ("--wedge", "2:8", "--wedge", "3:8", "--wedge", "4:8"),
    "cuts laid round": file("around"),
    "right hemihepatectomy": ("--resection", "right hemihepatectomy", *SEGMENTS),
    "segments by letters": ("--resection", "H5678", "--segments", "{segments.nii.gz}"),
    "segments halved": ("--resection", "H5678", "--segments", "{halved.nii.gz}"),
    "segments and a plane": ("--resection", "left lateral sectionectomy", *SEGMENTS, *PLANE),
    "segments and a wedge": ("--resection", "H67", *SEGMENTS, "--wedge", "2:5"),
    "segments by branches": (*PORTAL, "--segment-branches", "{branches.toml}", *PLANE),
    "portal branch cut": (*PORTAL, "--cut-vessel", ENDS[0]),
    "both portal branches cut": (*PORTAL, "--cut-vessel", ENDS[0], "--cut-vessel", ENDS[1]),
    "hepatic vein cut": (*HEPATIC, "--cut-vessel", ENDS[1]),
    "portal branch and plane": (*PORTAL, "--cut-vessel", ENDS[0], "--plane", "-60,0,0,1,0,0"),
    "portal branch and ball": (*PORTAL, "--cut-vessel", ENDS[1], *file("sphere")),
    "many kinds": file("mixed"),
    "surface, cleft and ablation": file("mixed_surface"),
    "segments, ball and ablation": (*file("mixed_parts"), *SEGMENTS),
    "sheet and plane": file("mixed_sheet"),
}

PEOPLE = (
    "all", "none", "size", "large", "no_size", "unattested", "young", "eighteen", "ecog_two",
    "no_consent", "not_biopsied", "unclear", "extrahepatic", "pregnant", "progressed", "gone",
    "one_visit",
)  # fmt: skip


def person(name):
    return ("--patient", f"{{{name}.toml}}")


SMALL_CUT = ("--plane", "-60,0,0,1,0,0")

PATIENTS = {
    **{f"patient: {name.replace('_', ' ')}": (*SMALL_CUT, *person(name)) for name in PEOPLE},
    "patient: all, a plan of cuts": (*file("around"), *person("all")),
    "patient: all, near the limit": (*PLANS["plane near the limit"], *person("all")),
    "patient: all, little remains": ("--plane", "10,0,0,1,0,0", *person("all")),
    "patient: all, no cut": person("all"),
    "patient: size, a plan of cuts": (*file("around"), *person("size")),
}

REFUSED_PLANS = (
    "short_surface", "short_sheet", "miss", "miss_plane", "island", "through", "whole",
    "two_faults", "no_cuts", "cuts_no_list", "broken", "coloured", "lens", "plane_around",
    "no_margin", "around_words", "negative_margin", "wedge_hue", "short_direction", "ninth_label",
    "lacks_radius", "no_radius", "no_normal", "other_map", "no_names",
    "one_plane_cleft", "crooked_ablation", "steep_surface", "wide_wedge",
)  # fmt: skip
REFUSED_PEOPLE = ("no_schema", "strange_fact", "short", "born_late", "ecog_seven", "absent")

REFUSED = {
    **{f"plan: {name.replace('_', ' ')}": file(name) for name in REFUSED_PLANS},
    **{f"patient: {name.replace('_', ' ')}": (*PLANE, *person(name)) for name in REFUSED_PEOPLE},
    "plane that misses": ("--plane", "500,0,0,1,0,0"),
    "plane that takes all": ("--plane", "500,0,0,-1,0,0"),
    "plane without a normal": ("--plane", "0,0,0,0,0,0"),
    "plane of words": ("--plane", "a,b,c,d,e,f"),
    "unknown resection": ("--resection", "everything"),
    "segments without a map": ("--resection", "left hemihepatectomy"),
    "all segments": ("--resection", "1,2,3,4,5,6,7,8", *SEGMENTS),
    "landmarks and segments": (*SEGMENTS, "--segments", "{segments.nii.gz}"),
    "a landmark lacks": ("--landmarks", "{no_cava.toml}", "--resection", "H5678"),
    "a segment that is none": ("--segments", "{ninth.nii.gz}"),
    "wedge round nothing": ("--wedge", "7:10"),
    "wedge of words": ("--wedge", "all"),
    "vessel cut without vessels": ("--cut-vessel", "0,0,0"),
    "vessel cut outside": (*PORTAL, "--cut-vessel", "300,0,0"),
    "trunk cut": (*PORTAL, "--cut-vessel", "-35,0,0"),
    "vessels of no kind": ("--vessels", "{neither.nii.gz}", "--cut-vessel", "0,0,0"),
    "a branch of no segment": (*PORTAL, "--segment-branches", "{ninth_branch.toml}"),
    "branches without vessels": ("--segment-branches", "{branches.toml}"),
    "lesion labels that are absent": ("--lesion-labels", "8"),
    "lesion labels of words": ("--lesion-labels", "a-b"),
    "a click outside": ("--lesion", "900,0,0"),
    "unknown protocol": ("--protocol", "nosuch"),
    "unknown series": ("--series", "1.2.3"),
}
"""Asked beside the true masks."""

REFUSED_INPUTS = {
    "absent CT": ("assess", "{absent}", "--out", "{new}"),
    "no CT": ("assess", "{empty}", "--out", "{new}"),
    "liver elsewhere": ("assess", "{ct}", "--out", "{new}", "--liver", "{elsewhere.nii.gz}"),
    "liver of nothing": ("assess", "{ct}", "--out", "{new}", "--liver", "{nothing.nii.gz}"),
    "absent liver": ("assess", "{ct}", "--out", "{new}", "--liver", "{absent.nii.gz}"),
    "unknown back end": ("assess", "{ct}", "--out", "{new}", "--backend", "nosuch"),
    "labels of no format": ("segment", "{ct}", "--out", "{labels.xyz}"),
    "no case to measure": ("measure", "{empty}"),
    "no case to verify": ("verify", "{empty}"),
    "no case to report": ("report", "{empty}", "--out", "{r.html}"),
    "no case to suggest for": ("suggest", "{empty}"),
    "no case to export": ("export", "{empty}", "--out", "{x}"),
    "unknown command": ("nosuch",),
    "no arguments": ("assess",),
}
