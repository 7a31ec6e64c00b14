"""What work has cost: time, resources, tokens and money, from what Argo and the steps tell."""
