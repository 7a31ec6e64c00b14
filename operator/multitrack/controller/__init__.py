"""The operator: follows RecordingJobs and their Workflows, and brings each to what is asked for."""
