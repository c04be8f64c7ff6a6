"""Parts of the Photos page."""
