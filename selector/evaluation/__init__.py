"""How good a reward model is, by measure; `evaluate` is the door."""
