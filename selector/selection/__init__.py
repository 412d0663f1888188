"""What to label next: `select` makes a batch from the pool in columns, by its rules, without its duplicates."""
