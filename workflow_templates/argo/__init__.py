"""The argo engine: pipelines rendered as Argo Workflows' objects. The only package that imports Hera."""
