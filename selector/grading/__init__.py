"""Whether an answer is right: `grade` is the door, `answers` the order in which it looks."""
