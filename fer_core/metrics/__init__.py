"""Pure metrics: numbers in, numbers out. Scores, intervals, curves and human agreement."""
