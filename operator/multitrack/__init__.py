"""Who starts the pipeline and follows it."""
