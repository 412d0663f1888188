"""The formats of published data sets and of trainers."""
