"""From a crop to an expression: model cards and folders, normalisation, recogniser."""
