"""The page: plain files, read once, under a policy that lets in nothing from elsewhere."""
