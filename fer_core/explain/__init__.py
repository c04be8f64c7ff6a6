"""What a network computes inside: activation maps, attributions, probes and feature maps."""
