"""What proves the claims: studies and the pages that report them. For a checkout, never installed."""
