"""The formats in which a finished meeting is published."""
