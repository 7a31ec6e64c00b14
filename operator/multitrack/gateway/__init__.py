"""The HTTP service: events come in, jobs and results go out. It keeps nothing of its own."""
