"""Faces in a frame: detect them, crop them upright, and check whether they can be classified."""
