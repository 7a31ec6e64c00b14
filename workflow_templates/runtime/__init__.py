"""What the steps and whoever starts them both need: errors, logging, provenance, the S3 store."""
