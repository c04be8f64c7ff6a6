"""`give_way`: a worker process lets the server go first."""

import contextlib
import os
from pathlib import Path
from typing import Final

OOM_SCORE: Final = Path("/proc/self/oom_score_adj")  # Linux; man 5 proc
_NICENESS: Final = 5  # the server's live videos come first


def give_way() -> None:
    """Lower the priority of this process, for processor time and for memory."""
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        OOM_SCORE.write_text("1000")  # the highest: this process ends first
