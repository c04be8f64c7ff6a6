"""From a crop to an expression: model card, preparation of pixels, LiteRT network, recogniser."""
