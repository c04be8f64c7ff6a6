"""The command line: `python -m fer_core analyze | train | evaluate | models | benchmark`."""

from fer_core.cli.main import main

__all__ = ["main"]
