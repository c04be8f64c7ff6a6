"""Numbers in, numbers out: scores, intervals, curves, human agreement."""
