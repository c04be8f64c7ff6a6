"""Cue's core: reads the expressions that faces show; nothing in here knows the app."""
