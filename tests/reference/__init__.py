"""The reference table: results written down before code is moved, and held to the last digit.

``python -m tests.reference --write`` asks the command line (and `VolumeIndex`, which scripts call)
a few hundred things and writes the answers to ``table/*.json``: volumes, fractions, intervals,
margins, criteria, notes, suggestions, refusals, reports' words, exported numbers; of the computed
torso, of the segmentation of its CT, and of ircadb01 where that lies at hand (only numbers are
kept of it). `test_reference` asks again and compares. Rows go only through what scripts may rely
on, so the same code runs on any state of the package:

    PYTHONPATH=/path/to/other/checkout:. python -P -m tests.reference

Values are compared with ``==``; keys that the table does not hold may come to the results, but none
may be lost or changed. Only on another kind of processor than the table's (``table/machine.json``)
are floats compared to 1e-9 of their size: sums are compiled there to be added in another order, and
vector libraries differ in the last digit. On one machine nothing differs between runs, whatever the
number of threads, once the kernels are compiled: until then up to 64 planes at once are answered by
numpy, within rounding of them, so more are asked for first.

An intended difference is listed in ``moved.toml``, with the row, the path to the value, what it
was, what it is (or by how much at most it moved) and why. What is listed and does not happen fails
as well. The slowest rows (`asking.SLOW`) are asked by the command only.
"""
