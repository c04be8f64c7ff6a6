"""Face data sets: reading them in every form they come in, cleaning them, counting them."""
