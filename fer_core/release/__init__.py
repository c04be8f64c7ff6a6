"""The last step for a finished model: calibration, comparison of its files, card, page."""
