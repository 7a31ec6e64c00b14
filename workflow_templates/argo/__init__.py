"""The argo engine: pipelines as Argo Workflows' objects. Only this package imports Hera."""
