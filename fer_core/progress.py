"""How long-running work reports to its caller: one callback for the share done, one for sentences.

A function that takes seconds or more accepts `on_progress`, `on_message`, or both, and calls them
in the caller's thread. What a callback raises ends the work, so a caller can cancel from there.
"""

from collections.abc import Callable

OnProgress = Callable[[float], None]
"""Called with the share of the work that is done, from 0 to 1; the share never decreases."""

OnMessage = Callable[[str], None]
"""Called with one sentence: a stage that begins, a result, an input that was skipped."""


def ignore(_report: object) -> None:
    """Do nothing with a report: the default of `on_progress` and `on_message`."""


def within(on_progress: OnProgress, start: float, end: float) -> OnProgress:
    """Return a callback for one part of the work, whose share 0 to 1 means `start` to `end`.

    Args:
        on_progress: Callback for the whole work.
        start: Share of the whole that is done when the part begins.
        end: Share of the whole that is done when the part ends.

    >>> shares = []
    >>> second_half = within(shares.append, 0.5, 1.0)
    >>> second_half(0.0), second_half(0.5), second_half(1.0)
    (None, None, None)
    >>> shares
    [0.5, 0.75, 1.0]
    """
    return lambda share: on_progress(start + share * (end - start))
