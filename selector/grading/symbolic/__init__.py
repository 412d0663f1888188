"""Equality of expressions, by sympy in a child process with a time limit."""
