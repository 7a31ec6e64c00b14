"""From every track's words to one transcript: merging, echoes, segments."""
