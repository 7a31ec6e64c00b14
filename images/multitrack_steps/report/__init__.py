"""The finished meeting as one page: view model, template, style and script."""
