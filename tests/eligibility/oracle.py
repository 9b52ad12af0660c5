"""The trial's criteria once more, from the protocol's text and RECIST 1.1 alone.

Nothing of `liverplan` is imported here. A case is a plain dict, as `generated` draws it: facts by
name as (value, by, days before the decision, plan), visits as (date, lengths in tenths of mm,
non-target, new lesion, by), and what was measured. Lengths are held against limits in `Fraction`.
"""

from datetime import timedelta
from fractions import Fraction

MET, NOT_MET, MISSING, JUDGE = "met", "not met", "missing", "needs judgement"
WORST = [NOT_MET, MISSING, JUDGE, MET]

GOOD = {
    "consent": [True], "ecog": [0, 1], "breast_cancer_history": [True], "biopsy": [True],
    "amenable": [True], "operability": [True], "inflow": [True], "outflow": [True],
    "bile_drainage": [True], "contiguity": [True], "second_stage": [True],
    "close_remnant": [True], "bone": [True],
    "extrahepatic": [False], "primary_resected": [True], "pregnancy": [False],
    "progression": [False],
}  # fmt: skip
"""The answers that the text asks for."""

SPAN = {
    "ecog": 28, "pregnancy": 28, "amenable": 56, "operability": 56, "second_stage": 56,
    "close_remnant": 56, "inflow": 56, "outflow": 56,
    "bile_drainage": 56, "contiguity": 56, "bone": 56, "extrahepatic": 56, "progression": 56,
}  # fmt: skip
"""Days before the decision that a fact holds; the others hold for good."""

IMAGES = 56
OF_PLAN = ("inflow", "outflow", "bile_drainage", "contiguity")
LEAST_LIKE, MOST_LIKE = Fraction("0.779"), Fraction("1.254")
"""Another reader of one lesion."""


def judged(case):
    """Return the state of every criterion, and the eligibility."""
    states = {
        name: fact(case, name)
        for name in (
            "consent", "ecog", "breast_cancer_history", "biopsy", "amenable", "extrahepatic",
            "primary_resected", "pregnancy",
        )
    }  # fmt: skip
    states["age"] = age(case)
    states["metastasis_count"] = worst(metastases(case), fact(case, "operability"), *plan(case))
    states["flr"] = remnant(case)
    states["response"] = worst(response(case), fact(case, "bone"))
    states["progression"] = progression(case)
    return states, verdict(case, states)


def worst(*states):
    return min(states, key=WORST.index)


def verdict(case, states):
    found = set(states.values())
    if NOT_MET in found:
        return "not eligible"
    if found != {MET} or case["unaccepted"] or not same_person_and_days(case):
        return "undecided"
    if near_the_limit(case) and fact(case, "close_remnant") != MET:
        return "undecided"
    return "eligible"


def fact(case, name):
    given = case["facts"].get(name)
    if given is None:
        return MISSING
    value, by, days, of_plan = given
    if not by or days is None:
        return MISSING
    doubtful = (
        value == "unclear"
        or (case["decision"] is not None and not 0 <= days <= SPAN.get(name, 10**6))
        or (of_plan and of_plan != case["plan"])
        or (not of_plan and name in OF_PLAN)
    )
    if doubtful:
        return JUDGE
    return MET if value in GOOD[name] else NOT_MET


def plan(case):
    """What is said of the remnant's vessels and bile ducts counts where anybody says it."""
    return [fact(case, name) for name in OF_PLAN if name in case["facts"]]


def age(case):
    """Over 18 by the text, 18 and over by the registry's header."""
    born, day = case["born"], case["decision"]
    if born is None or day is None:
        return MISSING
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return MET if years > 18 else (JUDGE if years == 18 else NOT_MET)


def metastases(case):
    """One to four; what is cut through is not removed, what stays needs a second stage."""
    count = case["count"]
    if count is None:
        return MISSING
    if count == 0 and "CR" in [one["overall"] for one in courses(case)]:
        return JUDGE
    if not 1 <= count <= 4 or case["cut_through"]:
        return NOT_MET
    if case["left"] and fact(case, "second_stage") != MET:
        return JUDGE
    return MET


def remnant(case):
    if case["remnant_ml"] is None or case["functional_ml"] is None:
        return MISSING
    return MET if 10 * number(case["remnant_ml"]) > 3 * number(case["functional_ml"]) else NOT_MET


def near_the_limit(case):
    """Whether the interval holds remnants of more than 30 % and others."""
    if case["interval"] is None:
        return False
    low, high = map(number, case["interval"])
    return low <= Fraction(3, 10) < high


def number(value):
    """A number as it is written: 0.3 is three tenths."""
    return Fraction(str(value))


# RECIST 1.1


def course(visits):
    """Read visits in order; the first is the baseline, and has lengths of every target."""
    first = sum(visits[0]["lengths"])
    smallest, responded, overall = first, False, []
    for visit in visits[1:]:
        known = [one for one in visit["lengths"] if one is not None]
        whole = len(known) == len(visit["lengths"])
        target = by_sum(first, smallest, sum(known), whole=whole)
        if target == "SD" and responded:
            target = "PR"
        if target in ("CR", "PR"):
            responded = True
        if target == "PD":
            responded = False
        overall.append(together(target, visit))
        if whole:
            smallest = min(smallest, sum(known))
    return {"overall": overall[-1], "each": list(zip(visits[1:], overall, strict=True))}


def by_sum(first, smallest, now, *, whole):
    grown = now - smallest
    if (grown >= 50 and Fraction(grown) >= Fraction(smallest) / 5) or (smallest == 0 and now > 0):
        return "PD"
    if not whole:
        return "NE"
    if now == 0:
        return "CR"
    return "PR" if Fraction(now) <= Fraction(first) * Fraction(7, 10) else "SD"


def together(target, visit):
    others = visit["non_target"]
    if visit["new"] or others == "PD":
        return "PD"
    if not visit["lengths"]:
        return "NE" if others == "none" else others
    if target == "CR" and others not in ("none", "CR"):
        return "PR"
    return target


def of_file(case):
    visits = case["visits"]
    usable = len(visits) > 1 and all(visit["by"] for visit in visits)
    return visits if usable and None not in visits[0]["lengths"] else None


def courses(case):
    found = [case["compared"], of_file(case)]
    return [{**course(visits), "visits": visits} for visits in found if visits]


def response(case):
    """Stable or responding: by the compared images, else by the file, and never in silence."""
    found = courses(case)
    if not found:
        return MISSING
    states = [allowed(found[0]["overall"])]
    states += [JUDGE for _ in objections(case, found[0])]
    if len({allowed(one["overall"]) == MET for one in found}) == 2:
        states.append(JUDGE)
    return worst(*states)


def allowed(category):
    if category in ("CR", "PR", "SD"):
        return MET
    return JUDGE if category in ("NE", "non-CR/non-PD") else NOT_MET


def objections(case, found):
    first, last = found["visits"][0], found["visits"][-1]
    start, day = case["start"], case["decision"]
    if any(length < 100 for length in first["lengths"]) or first["new"]:
        yield "baseline"
    if first["non_target"] == "PD":
        yield "baseline"
    if earlier_progress(case, found):
        yield "progressed before"
    if day is not None and not timedelta(0) <= day - last["date"] <= timedelta(IMAGES):
        yield "images of other days"
    if start is not None and (last["date"] <= start or first["date"] > start):
        yield "not under this treatment"
    if case["visits"] and unlike_the_ct(case["visits"][-1]["lengths"], case["axes_mm"]):
        yield "other lengths on the CT"


def earlier_progress(case, found):
    start = case["start"]
    return any(
        overall == "PD" and (start is None or visit["date"] > start)
        for visit, overall in found["each"][:-1]
    )


def unlike_the_ct(lengths, axes_mm):
    """Whether a target has no metastasis of its own on the CT that is about as long."""
    if not axes_mm:
        return False
    left = [number(one) * 10 for one in axes_mm]
    for length in sorted((one for one in lengths if one), reverse=True):
        if not left:
            return True
        nearest = min(left, key=lambda one: abs(one - length))
        if not length * LEAST_LIKE <= nearest <= length * MOST_LIKE:
            return True
        left.remove(nearest)
    return False


def progression(case):
    state = fact(case, "progression")
    if state != MET:
        return state
    for found in courses(case):
        if found["overall"] == "PD" or earlier_progress(case, found):
            return JUDGE
    return MET


# Days and persons


def same_person_and_days(case):
    ct, file = case["ct"], case["person"]
    if ct["sex"] and file["sex"] and ct["sex"] != file["sex"]:
        return False
    ids = ct["id"].strip(), file["id"].strip()  # DICOM pads with spaces
    if all(ids) and ids[0] != ids[1]:
        return False
    if ct["born"] and case["born"] and ct["born"] != case["born"]:
        return False
    if ct["date"] is None or case["decision"] is None:
        return True
    return timedelta(0) <= case["decision"] - ct["date"] <= timedelta(IMAGES)
