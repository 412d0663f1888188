"""Process reward models: scoring solutions with one, here or served elsewhere."""
