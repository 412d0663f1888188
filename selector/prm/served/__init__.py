"""Scorers that other machines hold: reward models by vLLM's pooling, and chat models as judges."""
