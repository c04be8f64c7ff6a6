"""Faces over time: when to look at each, its number, and its smoothed expression."""
