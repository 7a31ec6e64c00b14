"""Speech recognition: samples on the recording's clock in, words on the recording's clock out.

Samples are float32, mono, -1 to 1, at `flac.SAMPLE_RATE`. Everything streams: see `transcription`
for the bound on memory.
"""
