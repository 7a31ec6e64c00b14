"""RecordingJob, the resource that people apply: its fields, its status, its definition."""
