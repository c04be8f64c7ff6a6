"""Whole photos from file to word: shares with intervals, by step, expression and reason."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.figures.style import CLEAR, model_name, percent, series_marker, share_text, styled
from fer_core.labels import WORDS
from fer_core.metrics.comparisons import Share
from fer_core.metrics.intervals import Interval

STEPS: Final = {
    "found": "Face found",
    "read": "Face read",
    "said": "Word said,<br>of faces read",
    "said_right": "Right,<br>of words said",
    "accuracy": "Leading word right,<br>of faces read",
}
_OF: Final = {"said": "faces read", "said_right": "words said", "accuracy": "faces read"}
_FILL: Final = 0.45  # opacity of a bar
Bar = tuple[Share, Interval | None]


def steps_to_word(sets: Mapping[str, PhotoEvaluation]) -> go.Figure:
    """Return a bar per step from file to word and model, with 95% intervals.

    Args:
        sets: Scores on one set of photos by model.
    """
    steps = {
        name: title
        for name, title in STEPS.items()
        if any(scores.shares()[name].n for scores in sets.values())
    }
    bars = {
        model: {
            title: (scores.shares()[name], scores.intervals.get(name))
            for name, title in steps.items()
        }
        for model, scores in sets.items()
    }
    of = {title: _OF.get(name, "photos") for name, title in steps.items()}
    return interval_bars(bars, of=of)


def steps_caption(sets: Mapping[str, PhotoEvaluation]) -> str:
    """Return the message of `steps_to_word` in words."""
    return " ".join(
        _steps_sentence(model_name(model, sets), scores) for model, scores in sets.items()
    )


def _steps_sentence(name: str, scores: PhotoEvaluation) -> str:
    shares = scores.shares()
    first = (
        f"{name} reads {percent(shares['read'].value)} of {scores.n:,} photos and says a word for "
        f"{percent(shares['said'].value)} of the faces read."
    )
    if not shares["said_right"].n:
        return first
    return f"{first} {percent(shares['said_right'].value)} of these words are right."


def recall_per_expression(sets: Mapping[str, PhotoEvaluation]) -> go.Figure:
    """Return a bar per expression and model: the share that is read as the label, sure or not."""
    bars = {
        model: {
            WORDS[label]: (Share(round(row.recall * row.read), row.read), row.interval)
            for label, row in scores.per_class.items()
        }
        for model, scores in sets.items()
    }
    words = {word for by_word in bars.values() for word in by_word}
    return interval_bars(bars, of=dict.fromkeys(words, "faces read"))


def recall_per_expression_caption(sets: Mapping[str, PhotoEvaluation]) -> str:
    """Return the message of `recall_per_expression` in words."""
    sentences = []
    for model, scores in sets.items():
        rows = {label: row for label, row in scores.per_class.items() if row.read}
        if not rows:
            continue
        best, worst = (choose(rows, key=lambda label: rows[label].recall) for choose in (max, min))
        sentences.append(
            f"{model_name(model, sets)} finds {WORDS[best]} best "
            f"({percent(rows[best].recall)} of those faces) and {WORDS[worst]} least often "
            f"({percent(rows[worst].recall)})."
        )
    return " ".join([*sentences, "Lines show the 95% interval."])


def unread_reasons(sets: Mapping[str, PhotoEvaluation]) -> go.Figure:
    """Return a bar per reason and model: the share of the photos that were not read for it."""
    bars = {
        model: {
            reason: (Share(count, scores.n), scores.intervals.get(reason))
            for reason, count in scores.unread.items()
        }
        for model, scores in sets.items()
    }
    reasons = {reason for by_reason in bars.values() for reason in by_reason}
    return interval_bars(bars, of=dict.fromkeys(reasons, "photos"))


def unread_reasons_caption(sets: Mapping[str, PhotoEvaluation]) -> str:
    """Return the message of `unread_reasons` in words."""
    sentences = []
    for model, scores in sets.items():
        reason = next(iter(scores.unread), None)
        share = percent((scores.n - scores.read) / scores.n, digits=1)
        most = "" if reason is None else f", most often because of: {reason}"
        sentences.append(f"{model_name(model, sets)} gives no reading for {share}{most}.")
    return " ".join(sentences)


def interval_bars(series: Mapping[str, Mapping[str, Bar]], *, of: Mapping[str, str]) -> go.Figure:
    """Return horizontal bars with intervals, grouped by their names; a share of nothing has none.

    Args:
        series: Share and interval by the name of the series and of the bar.
        of: What each bar's share is of, for the text at the pointer.
    """
    figure = go.Figure()
    for index, (title, by_name) in enumerate(series.items()):
        bars = {name: bar for name, bar in by_name.items() if bar[0].n}
        _add_bars(figure, bars, of=of, index=index, title=title if len(series) > 1 else None)
    names = list(dict.fromkeys(name for by_name in series.values() for name in by_name))
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(tickformat=".0%", range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed", type="category", categoryarray=names)
    return styled(figure, height=100 + len(names) * (16 + 22 * len(series)))


def _add_bars(
    figure: go.Figure,
    bars: Mapping[str, Bar],
    *,
    of: Mapping[str, str],
    index: int,
    title: str | None,
) -> None:
    """Add the bars of one series, and behind each interval its number."""
    values = [share.value for share, _ in bars.values()]
    ends = [interval or Interval(share.value, share.value) for share, interval in bars.values()]
    look = series_marker(index)
    color = look["color"]
    common = {"orientation": "h", "y": list(bars), "offsetgroup": index}
    figure.add_bar(
        name=title,
        x=values,
        error_x={
            "array": [max(0.0, end.high - value) for end, value in zip(ends, values, strict=True)],
            "arrayminus": [
                max(0.0, value - end.low) for end, value in zip(ends, values, strict=True)
            ],
            "color": color,
            "thickness": 2,
            "width": 4,
        },
        marker={**look, "color": _faint(color), "line": {"color": color, "width": 1.5}},
        hovertext=[
            f"{name}: {share.count:,} of {share.n:,} {of[name]}, {percent(share.value, digits=1)} "
            f"({percent(end.low, digits=1)} to {percent(end.high, digits=1)})"
            for (name, (share, _)), end in zip(bars.items(), ends, strict=True)
        ],
        hoverinfo="text",
        showlegend=title is not None,
        **common,
    )
    figure.add_bar(  # invisible, as long as the interval: its number stands behind that
        x=[end.high for end in ends],
        text=[share_text(value) for value in values],
        textposition="outside",
        cliponaxis=False,
        marker={"color": CLEAR},
        hoverinfo="skip",
        showlegend=False,
        **common,
    )


def _faint(color: str) -> str:
    """Return a colour such as `#0072b2` as one that lets an interval show on it."""
    red, green, blue = bytes.fromhex(color[1:])
    return f"rgba({red},{green},{blue},{_FILL})"
