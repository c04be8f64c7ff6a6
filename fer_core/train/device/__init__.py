"""Training of an ensemble and its student on one GPU, with PyTorch.

Only this package imports torch. It needs keras, numpy and torch, nothing else.
"""
