"""Does the loop collapse? Ten rounds without a gate, and what becomes of other ways to train (docs/stability.md)."""
