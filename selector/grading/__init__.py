"""What an answer is made of, read and compared; `selector.grade` is the door."""
