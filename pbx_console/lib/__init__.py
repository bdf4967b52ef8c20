"""Pure helpers. Nothing here imports Django."""
