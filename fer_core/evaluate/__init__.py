"""Scores: how well a model reads labelled faces, and how fast each stage runs."""
