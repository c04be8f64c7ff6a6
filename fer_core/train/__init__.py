"""Training: recipes, networks, augmentation, the loop, and the files of a trained network.

Only this package imports keras. The app's process never imports it.
"""
