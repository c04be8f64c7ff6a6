"""What the pages are made of; Streamlit is imported only here, in the pages and in `app.py`."""
