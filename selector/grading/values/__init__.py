"""What an answer is made of, read and compared without algebra."""
