"""Parts of the Inside page."""
