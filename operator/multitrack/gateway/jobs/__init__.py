"""Jobs over HTTP: read them, ask for a run, stop one."""
