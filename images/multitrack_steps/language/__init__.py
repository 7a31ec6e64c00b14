"""Making text of a transcript: topics, title, summary, action items, by interchangeable backends."""
