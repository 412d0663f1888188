"""The subcommands of `python -m selector`, one module each: what it takes, and what it does with that."""
