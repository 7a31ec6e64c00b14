"""Daily's webhook: authentic events in, jobs out."""
