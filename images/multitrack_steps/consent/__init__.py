"""Whether a meeting's audio goes, where it lies, and how it is deleted."""
