"""Scorers from elsewhere: a public, a served or an imported model becomes a checkpoint like any other.

It is measured on gate, compared, promoted and rolled back as one that was trained here. `adding` makes the row,
`identity` tells the model from another of its name, `score_file` reads the scores of an imported one, `thresholds`
tunes the threshold of a first mistake where the model brings none.
"""
