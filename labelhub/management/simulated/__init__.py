"""Simulated labelers: programs that rate over the HTTP API like people do, from what a file knows of the steps.

Read in this order: `oracle` (what is true), `labeler` (one at work), `crew` (all of them), `site` (how they call).
"""
