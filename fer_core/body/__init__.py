"""The body beside the face: people and their 33 landmarks, and what these show."""
