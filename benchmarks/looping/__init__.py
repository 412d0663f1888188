"""The two sites that `benchmarks.labeling_loop` measures, and those who label in them."""
