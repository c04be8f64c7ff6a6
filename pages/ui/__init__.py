"""Helpers of the pages: the only place, beside the pages, that knows Streamlit."""
