"""Training a reward model on rated steps."""
