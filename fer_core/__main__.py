"""`python -m fer_core`, the same as `cue`."""

from fer_core.cli import main

if __name__ == "__main__":
    main()
