"""What picks are made from: the pool in columns, its rules and its duplicates; `selector.select` is the door."""
