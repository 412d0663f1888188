"""LabelHub's pure core: grading, selection, formats and reward models, on plain values and without a database."""
