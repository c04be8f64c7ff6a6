"""Training: recipes, networks, augmentation, one loop, and what a trained model leaves behind.

Only this package imports keras; the app's process never does.
"""
