"""What `benchmarks.browse` looks through, and what it asks for."""
