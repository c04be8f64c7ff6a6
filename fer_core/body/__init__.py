"""What the body shows beside the face."""
