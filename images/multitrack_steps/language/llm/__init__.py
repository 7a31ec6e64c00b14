"""The `openai` backend: minutes by a language model behind any OpenAI-compatible endpoint."""
