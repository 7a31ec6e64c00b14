"""The data contracts: every file that one step writes and another, or a person, reads.

Times are seconds on the recording's clock (0 = recording start) unless a name ends in `_ms`.
Every contract says its schema version; fields are only ever added within a version.
"""
