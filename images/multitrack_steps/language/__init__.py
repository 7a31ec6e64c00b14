"""Making minutes of a transcript, by interchangeable backends."""
