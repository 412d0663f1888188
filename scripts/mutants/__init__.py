"""Mutation testing on a sample: `make mutants` draws small faults by a seed and runs the tests that cover each.

It is our own because a run over the whole tree would take days, and none of the libraries both draws a seeded sample
and runs only the tests that cover a mutant. mutmut 3 makes every mutant, skips code outside functions, and learns what
covers what by running the whole suite in one process. Cosmic Ray runs one command for all mutants and changes files in
place. mutatest draws a sample, but runs the whole suite for each mutant. Stryker runs every test first and draws no
sample.

Mutants stand in a temporary copy of the working tree. Never mutated: tests, strings, logging, annotations, decorators,
assertions, imports, `__all__`, and arguments that change only speed (`python_source.UNSEEN`).
"""
