"""The command line: `cue`, the same as `python -m fer_core`; `cue --help` lists the commands."""

from fer_core.cli.main import main

__all__ = ["main"]
