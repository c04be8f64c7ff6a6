"""People in a frame: find them, and place the 33 landmarks of each body."""
