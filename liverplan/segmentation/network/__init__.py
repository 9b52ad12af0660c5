"""The liver and its metastases by a network of the project's own, whose weights are shipped.

`infer` gives its maps on a lattice of 2 mm; `find_liver` draws the liver from them.
"""
