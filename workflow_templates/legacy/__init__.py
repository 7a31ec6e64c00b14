"""What programs written for the legacy pipeline expect to read, made from the published meeting."""
