"""The engine for one machine: the same pipeline, the same argv, as subprocesses."""
