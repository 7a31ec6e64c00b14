"""Commands that speak to a cluster. Each also has its way with plain kubectl or argo."""
