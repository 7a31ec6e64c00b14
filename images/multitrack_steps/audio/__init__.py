"""Audio as the steps see it: tracks of any kind in, samples on the recording's clock out.

Samples are int16 everywhere: arrays of shape (n, channels), full scale 32768. Everything streams:
memory does not grow with the recording's length.
"""
