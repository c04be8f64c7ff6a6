"""Faces over time: who is who from frame to frame, and a calm reading of each."""
