"""Public textbook data sets that ship with lifelines, in one form: time, event, arm, covariates.

`python -m tests.endpoints.textbook FOLDER` writes them for `r_reference.R`, whose output lies in
`r_reference.csv` (R 4.2.2, survival 3.5-3, Debian 12).
"""

import sys
from pathlib import Path

from lifelines import datasets


def textbook_sets():
    leukaemia = datasets.load_leukemia().rename(columns={"t": "time", "status": "event"})
    larynx = datasets.load_larynx().rename(columns={"death": "event"})
    rossi = datasets.load_rossi().rename(columns={"week": "time", "arrest": "event"})
    lung = datasets.load_lung()[["time", "status", "age", "sex", "ph.ecog"]].dropna()
    lung = lung.rename(columns={"status": "event", "ph.ecog": "ecog"}).astype(int)
    return {
        "larynx": larynx.assign(arm=larynx.Stage_IV.map({0: "I-III", 1: "IV"})),
        "leukaemia": leukaemia.assign(arm=leukaemia.Rx.map({0: "6-MP", 1: "placebo"})),
        "lung": lung.assign(arm=lung.sex.map({1: "men", 2: "women"})),
        "rossi": rossi.assign(arm=rossi.fin.map({0: "none", 1: "aid"})),
    }


def write_sets(folder):
    for name, table in textbook_sets().items():
        table.to_csv(Path(folder) / f"{name}.csv", index=False)


if __name__ == "__main__":
    write_sets(sys.argv[1])
