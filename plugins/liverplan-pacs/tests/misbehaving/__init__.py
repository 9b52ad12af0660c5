"""Archives that do what they should not: over DICOMweb (`web`) and over DIMSE (`dimse`).

Each way is a `Way`: what the archive does, what is asked of it, and how it must end.
"""
