"""What a job has made, over HTTP: transcripts, report, sound, and links that browsers can open."""
