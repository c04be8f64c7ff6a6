"""Worker processes: how one lets the server go first, and how it ended early, in words."""

import contextlib
import errno
import os
import signal
from pathlib import Path
from typing import Final

OOM_SCORE: Final = Path("/proc/self/oom_score_adj")  # Linux; man 5 proc
OUT_OF_MEMORY: Final = errno.ENOMEM  # exit status of a worker that could not get memory
_NICENESS: Final = 5  # the server's live videos come first


def give_way() -> None:
    """Lower the priority of this process, for processor time and for memory."""
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        OOM_SCORE.write_text("1000")  # the highest: this process ends first


def ending_in_words(status: int) -> str:
    """Return how a process ended early, with the next step, as the end of a sentence.

    Args:
        status: Its exit status, or the negative number of the signal that ended it.

    >>> ending_in_words(1)
    'its process failed with status 1; report it with the lines in the log.'
    >>> ending_in_words(-signal.SIGSEGV)
    'its process crashed (SIGSEGV); report it with the lines in the log.'
    """
    if status == OUT_OF_MEMORY:
        return "there is not enough memory; close other programs and try again."
    if status == -signal.SIGKILL:
        return (
            "the system ended its process, as it does when memory runs out; close other programs "
            "and try again."
        )
    if status < 0:
        name = signal.Signals(-status).name
        return f"its process crashed ({name}); report it with the lines in the log."
    return f"its process failed with status {status}; report it with the lines in the log."
