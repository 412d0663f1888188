"""One command per figure: `python -m benchmarks.NAME`, each beside its baseline in one run, JSON as its last line."""
