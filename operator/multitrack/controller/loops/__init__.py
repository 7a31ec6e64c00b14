"""What the operator does by the clock, beside following jobs: each loop its own module."""
