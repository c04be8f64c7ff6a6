"""What a finished model gets: calibration, the comparison of its files, card, page, leaderboard."""
