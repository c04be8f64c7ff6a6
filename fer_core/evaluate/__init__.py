"""Experiments: each module runs a model or a detector over data and returns what it measured."""
