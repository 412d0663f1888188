"""How far labelers can be trusted: agreement, gold labels, running checks."""
