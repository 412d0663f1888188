"""How good a reward model is, by measure; `selector.evaluate` is the door."""
