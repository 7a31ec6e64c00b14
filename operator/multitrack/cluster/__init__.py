"""The Kubernetes API, as the operator and the CLI use it. Nothing else imports its client."""
