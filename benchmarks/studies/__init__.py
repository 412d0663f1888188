"""What is told in docs/ with its command, `python -m benchmarks.studies.NAME`, and takes too long for `make bench`."""
