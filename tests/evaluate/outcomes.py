"""Photos whose fate is made up: what the tests of scores, groups, figures and pages share."""

from fer_core.evaluate.photo_scores import FILE_NOT_READ, NO_FACE, PhotoOutcome
from fer_core.evaluate.photos import summarize


def unread(label=None, reason=NO_FACE, **groups):
    """Return a photo that was not read."""
    is_found = reason not in (NO_FACE, FILE_NOT_READ)
    return PhotoOutcome(label, groups, is_found=is_found, reason=reason)


def read(label, leading, *, is_sure=True, **groups):
    """Return a photo that was read as `leading`."""
    said, confidence = (leading, 0.9) if is_sure else (None, 0.4)
    return PhotoOutcome(label, groups, True, None, leading, said, confidence)


def evaluation_of(outcomes, *, model="small", data="faces", detector="blazeface"):
    """Return the evaluation of a model on a set with these outcomes."""
    columns = dict.fromkeys(column for outcome in outcomes for column in outcome.groups)
    return summarize(outcomes, tuple(columns), model=model, data=data, detector=detector)
