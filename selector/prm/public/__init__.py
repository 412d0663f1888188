"""The field's published reward models, loaded here from their own weights."""
