"""The demo: a population's careers, and the story of one person."""
