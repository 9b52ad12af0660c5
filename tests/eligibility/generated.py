"""Patients drawn at random with boundary values in every field, for the oracle and for `judge`."""

import random
from collections import Counter
from datetime import date, timedelta

from liverplan.eligibility import Fact, Measured, Patient, judge, load_protocol, recist
from liverplan.eligibility.images import Images
from liverplan.eligibility.recist import Visit
from tests.eligibility import oracle

DECISION = date(2024, 3, 11)
NON_TARGET = ("none", "CR", "non-CR/non-PD", "PD", "NE")
PLAN = "1f2e3d4c5b6a"


class Draw:
    """Draws one case; most of each case is good, so that one thing alone decides often."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - patients, no secrets
        self.good = self.random.choice((0.75, 0.95, 0.99))

    def either(self, usual, *others):
        if self.random.random() < self.good:
            return usual
        return self.random.choice((usual, *others))

    def case(self):
        decision = self.either(DECISION, None, date(2024, 2, 29))
        day = decision or DECISION
        functional = self.either(1500.0, 1435.0, 1.0, None)
        functional_ml = functional or 1500.0
        remnant_ml = self.remnant(functional_ml)
        return {
            "decision": decision,
            "born": self.either(date(1961, 4, 2), None, *_birthdays(day)),
            "start": self.either(None, day - timedelta(120), day - timedelta(60), day),
            "facts": self.facts(),
            "visits": self.visits(day),
            "compared": self.either(None, self.compared(day)),
            "plan": PLAN,
            "remnant_ml": remnant_ml,
            "interval": self.interval(remnant_ml, functional),
            "functional_ml": functional,
            "count": self.either(2, None, 0, 1, 3, 4, 5),
            "left": self.either(0, 1),
            "cut_through": self.either(0, 1),
            "axes_mm": self.axes_mm(),
            "unaccepted": self.either((), (1,), (2,)),
            "person": {"id": self.either("4711", "", "12"), "sex": self.either("female", None)},
            "ct": {
                "id": self.either("4711", "", "4711 "),
                "sex": self.either("female", None, "male"),
                "born": self.either(None, date(1961, 4, 2), date(1970, 1, 1)),
                "date": self.either(day - timedelta(10), None, *_near(day, oracle.IMAGES)),
            },
        }

    def facts(self):
        found = {}
        for name, good in oracle.GOOD.items():
            spare = name in (*oracle.OF_PLAN, "second_stage", "close_remnant")
            if self.random.random() < (0.5 if spare else 1 - self.good):
                continue
            span = oracle.SPAN.get(name, 2000)
            bad = (2, 5) if name == "ecog" else (not good[0],)
            found[name] = (
                self.either(self.random.choice(good), *bad, "unclear"),
                self.either("A. Berg", "", " "),
                self.either(3, None, 0, -1, span, span + 1, span + 500),
                self.either(PLAN if name in oracle.OF_PLAN else "", "", PLAN, "another"),
            )
        return {n: (v, by.strip(), days, of) for n, (v, by, days, of) in found.items()}

    def remnant(self, functional_ml):
        exact = 3 * functional_ml / 10
        near = (exact, exact + 1e-9, exact - 1e-9, exact + 0.1, exact - 0.1, 0.0, functional_ml)
        return self.either(0.45 * functional_ml, None, *near)

    def interval(self, remnant_ml, functional_ml):
        """A range that holds the share, with ends on the limit and beside it."""
        if remnant_ml is None or functional_ml is None or self.random.random() < 0.3:
            return None
        share = remnant_ml / functional_ml
        ends = [0.0, 0.29, 0.3, 0.3000001, share, share + 0.02, 1.0]
        low = self.random.choice([one for one in ends if one <= share])
        high = self.random.choice([one for one in ends if one >= share])
        return (max(share - 0.02, 0.31), share) if self.sure(share) else (low, high)

    def sure(self, share):
        return share > 0.33 and self.random.random() < self.good

    def visits(self, day):
        count = self.either(2, 0, 1, 3, 4)
        ages = self.either((150, 100, 60, 14), (150, 100, 57, 56), (150, 60, 0, -1))
        days = [day - timedelta(age) for age in ages]
        kept = sorted(self.random.sample(days[:-1], max(count - 1, 0))) + days[-1:]
        return self.course(kept[-count:] if count else [])

    def compared(self, day):
        return self.course([day - timedelta(90), day - timedelta(50), day - timedelta(20)])

    def course(self, days):
        targets = self.either(2, 0, 1, 3)
        lengths = self.random.choice(((230, 415), (100, 100), (500, 150)))
        base = [self.either(lengths[n % 2], 99, 100, 0) for n in range(targets)]
        found = []
        for number, day in enumerate(days):
            found.append({
                "date": day,
                "lengths": base if number == 0 else self.later(found),
                "non_target": self.either("none", *NON_TARGET),
                "new": self.either(False, True),
                "by": self.either("R. Lind", "", "R. Lind"),
            })  # fmt: skip
        if found and self.random.random() < 0.1 * (1 - self.good) and base:
            found[0]["lengths"] = [None, *base[1:]]
        return found

    def later(self, before):
        """Lengths near a limit: 70 % of the baseline, 120 % and 5 mm over the smallest sum."""
        sums = [sum(one or 0 for one in visit["lengths"]) for visit in before]
        first, smallest, targets = sums[0], min(sums), len(before[0]["lengths"])
        edges = [first * 7 // 10, smallest * 12 // 10, smallest + 50, first, smallest, 0]
        total = max(0, self.random.choice(edges) + self.random.choice((-1, 0, 0, 1)))
        if not targets:
            return []
        rest = [total // targets] * (targets - 1)
        lengths = [total - sum(rest), *rest]
        return [self.either(one, None) if self.random.random() < 0.2 else one for one in lengths]

    def axes_mm(self):
        return self.either((), (28.0, 14.2), (66.0, 78.0), (23.0, 41.5), (10.0,))


def _birthdays(day):
    for years in (17, 18, 19):
        on = date(day.year - years, day.month, min(day.day, 28))
        yield from (on + timedelta(shift) for shift in (-2, -1, 0, 1, 2))


def _near(day, span):
    return [day - timedelta(days) for days in (-1, 0, span, span + 1, 5000)]


def patient_of(case):
    """The same case as `liverplan` holds it."""
    day = case["decision"] or DECISION
    facts = {
        name: Fact(
            value=value, by=by, date=None if days is None else day - timedelta(days), plan=of_plan
        )
        for name, (value, by, days, of_plan) in case["facts"].items()
    }
    return Patient(
        facts=facts,
        patient_id=case["person"]["id"],
        birth_date=case["born"],
        decision_date=case["decision"],
        treatment_start=case["start"],
        sex=case["person"]["sex"],
        visits=visits_of(case["visits"]),
        visits_by=tuple(visit["by"] for visit in case["visits"]),
    )


def visits_of(visits):
    return tuple(
        Visit(
            targets={f"target {n}": mm for n, mm in enumerate(visit["lengths"], 1)},
            non_target=visit["non_target"],
            new_lesion=visit["new"],
            date=visit["date"],
        )
        for visit in visits
    )


def measured_of(case):
    ct = case["ct"]
    compared = case["compared"]
    return Measured(
        remnant_ml=case["remnant_ml"],
        functional_ml=case["functional_ml"],
        interval_95=case["interval"],
        lesion_count=case["count"],
        lesions_in_remnant=case["left"],
        lesions_cut_through=case["cut_through"],
        lesion_lengths_mm=case["axes_mm"],
        plan=case["plan"],
        images=Images(date=ct["date"], patient_id=ct["id"], birth_date=ct["born"], sex=ct["sex"]),
        response=recist.assess(visits_of(compared)) if compared else None,
        unaccepted=case["unaccepted"],
    )


def compare(count, seed=0):
    """Judge so many drawn patients twice: what differs, and how often each state was reached."""
    protocol, differences, reached = load_protocol("breclim2"), [], Counter()
    for number in range(count):
        case = Draw(f"{seed} {number}").case()
        if case["compared"] and None in case["compared"][0]["lengths"]:
            case["compared"] = None  # nobody can confirm such a baseline
        expected, eligible = oracle.judged(case)
        found = judge(protocol, patient_of(case), measured_of(case))
        mine = {one.id: one.state for one in found.criteria}
        reached.update(mine.items())
        reached["eligibility", found.eligibility] += 1
        if mine != expected or found.eligibility != eligible:
            wrong = {k: (mine[k], expected[k]) for k in mine if mine[k] != expected[k]}
            differences.append((number, wrong, found.eligibility, eligible))
    return differences, reached
