"""What a reward model is worth by the base it starts from (docs/models.md): `python -m studies.bases.base_models`."""
