"""Whole photos from file to word: shares with intervals, per set, per expression and per group."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.photo_scores import PhotoScores
from fer_core.evaluate.photos import Difference, PhotoEvaluation
from fer_core.figures.style import MUTED, model_name, percent, series_marker, styled
from fer_core.labels import NOT_SURE_WORD, VOTE_LABELS, WORDS
from fer_core.metrics.comparisons import Share
from fer_core.metrics.intervals import Interval

STEPS: Final = {
    "found": "Face found",
    "read": "Face read",
    "said": "A word said",
    "said_right": "The word said is right",
    "accuracy": "The leading word is right",
}
# From transparent to 70% of BLUE, as the confusion matrix: text stays readable in both themes.
_SCALE: Final = ((0.0, "rgba(0,114,178,0)"), (1.0, "rgba(0,114,178,0.7)"))
_OF: Final = {"said": "faces read", "said_right": "words said", "accuracy": "faces read"}
_MAX_NAMED: Final = 6  # differences that a caption names; the table holds all
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
    return _bars(bars, of=of)


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
    return _bars(bars, of=dict.fromkeys(words, "faces read"))


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
    return _bars(bars, of=dict.fromkeys(reasons, "photos"))


def unread_reasons_caption(sets: Mapping[str, PhotoEvaluation]) -> str:
    """Return the message of `unread_reasons` in words."""
    sentences = []
    for model, scores in sets.items():
        reason = next(iter(scores.unread), None)
        share = percent((scores.n - scores.read) / scores.n, digits=1)
        most = "" if reason is None else f", most often because of: {reason}"
        sentences.append(f"{model_name(model, sets)} gives no reading for {share}{most}.")
    return " ".join(sentences)


def groups_read(groups: Mapping[str, PhotoScores], whole: PhotoScores) -> go.Figure:
    """Return two bars per group, found and read, with 95% intervals, and a line for all photos.

    Args:
        groups: Scores by group.
        whole: Scores of all photos.
    """
    bars = {
        title: {
            value: (scores.shares()[name], scores.intervals.get(name))
            for value, scores in groups.items()
        }
        for name, title in (("found", "Face found"), ("read", "Face read"))
    }
    figure = _bars(bars, of=dict.fromkeys(groups, "photos"))
    figure.add_vline(
        x=whole.read / whole.n,
        line={"width": 1.5, "dash": "dot", "color": MUTED},
    )
    return figure


def groups_read_caption(groups: Mapping[str, PhotoScores], whole: PhotoScores) -> str:
    """Return the message of `groups_read` in words."""
    refused = {value: 1 - scores.read / scores.n for value, scores in groups.items()}
    worst = max(refused, key=lambda value: refused[value])
    of_all = 1 - whole.read / whole.n
    times = f", {refused[worst] / of_all:.1f} times the share of all photos" if of_all else ""
    return (
        f"The dotted line: {percent(whole.read / whole.n)} of all {whole.n:,} photos are read. "
        f"The group with the most unread photos is {worst}: {percent(refused[worst])} of "
        f"{groups[worst].n:,}{times}."
    )


def groups_words(groups: Mapping[str, PhotoScores]) -> go.Figure:
    """Return a matrix: how often each word is said in each group, as share of the faces read."""
    labels = said_labels(groups)
    columns = [*(WORDS[label] for label in labels), NOT_SURE_WORD]
    shares = [
        [share / max(scores.read, 1) for share in word_counts(scores, labels)]
        for scores in groups.values()
    ]
    figure = go.Figure(
        go.Heatmap(
            x=columns,
            y=list(groups),
            z=shares,
            zmin=0,
            zmax=max([0.01, *(share for row in shares for share in row)]),
            colorscale=_SCALE,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
        )
    )
    figure.add_scatter(  # a heatmap would print its own text in black or white
        x=columns * len(shares),
        y=[value for value in groups for _ in columns],
        text=[percent(share) for row in shares for share in row],
        mode="text",
        hovertext=[
            f"{value}: {word} for {percent(share, digits=1)} of {groups[value].read:,} faces read"
            for value, row in zip(groups, shares, strict=True)
            for word, share in zip(columns, row, strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )
    figure.update_xaxes(side="top", showgrid=False, zeroline=False, autotickangles=[0, -90])
    figure.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, type="category")
    return styled(figure, height=110 + 36 * len(groups))


def said_labels(groups: Mapping[str, PhotoScores]) -> tuple[str, ...]:
    """Return the labels whose word was said in any group."""
    return tuple(label for label in VOTE_LABELS if any(label in g.words for g in groups.values()))


def word_counts(scores: PhotoScores, labels: Sequence[str]) -> list[int]:
    """Return how often each word was said, and how often the reading was not sure."""
    return [*(scores.words.get(label, 0) for label in labels), scores.read - scores.said]


def differences_caption(scores: PhotoEvaluation) -> str:
    """Return what differs between groups beyond chance, and how that was tested."""
    if scores.cluster_column is not None:
        return (
            f"Groups are not compared: several photos share one {scores.cluster_column}, so they "
            "are alike for other reasons than the group."
        )
    if not scores.n_comparisons:
        return "There is nothing to compare."
    method = (
        f"Each share of each group was compared with that of all other groups: "
        f"{scores.n_comparisons:,} comparisons by Fisher's exact test, corrected by Holm's method, "
        "so that chance alone shows any difference in at most 5 of 100 such sets."
    )
    if not scores.differences:
        return f"No group differs from the others beyond chance. {method}"
    named = "; ".join(difference_in_words(each) for each in scores.differences[:_MAX_NAMED])
    n_more = len(scores.differences) - _MAX_NAMED
    more = f"; and {n_more} more, see the table" if n_more > 0 else ""
    return f"Beyond chance: {named}{more}. {method}"


def difference_in_words(difference: Difference) -> str:
    """Return one difference in words, with both shares.

    >>> difference_in_words(Difference("age", "0-2", "found", 0.81, 0.95, 0.001))
    'age 0-2: face found in 81%, all others 95%'
    """
    return (
        f"{difference.column} {difference.value}: {share_in_words(difference.what)} "
        f"{percent(difference.share)}, all others {percent(difference.others)}"
    )


def share_in_words(name: str) -> str:
    """Return the name of a share in words, as the start of a sentence that ends in its value.

    >>> share_in_words("fear"), share_in_words("turned away")
    ('afraid said for', 'turned away in')
    """
    if name in WORDS:
        return f"{WORDS[name]} said for"
    words = {
        "found": "face found in",
        "read": "face read in",
        "said": "a word said for",
        "said_right": "the word said is right in",
        "accuracy": "the leading word is right in",
    }
    return words.get(name, f"{name} in")


def _bars(series: Mapping[str, Mapping[str, Bar]], *, of: Mapping[str, str]) -> go.Figure:
    """Return horizontal bars with intervals, grouped by their names; a share of nothing has none.

    Args:
        series: Share and interval by the name of the series and of the bar.
        of: What each bar's share is of, for the text at the pointer.
    """
    figure = go.Figure()
    names = list(dict.fromkeys(name for by_name in series.values() for name in by_name))
    for index, (title, by_name) in enumerate(series.items()):
        bars = {name: bar for name, bar in by_name.items() if bar[0].n}
        ends = [interval or Interval(share.value, share.value) for share, interval in bars.values()]
        values = [share.value for share, _ in bars.values()]
        figure.add_bar(
            name=title,
            orientation="h",
            y=list(bars),
            x=values,
            offsetgroup=index,
            error_x={
                "type": "data",
                "array": [max(0.0, end.high - x) for end, x in zip(ends, values, strict=True)],
                "arrayminus": [max(0.0, x - end.low) for end, x in zip(ends, values, strict=True)],
                "color": MUTED,
                "thickness": 2,
                "width": 4,
            },
            marker=series_marker(index),
            hovertext=[
                f"{name}: {share.count:,} of {share.n:,} {of[name]}, "
                f"{percent(share.value, digits=1)} ({percent(end.low, digits=1)} to "
                f"{percent(end.high, digits=1)})"
                for (name, (share, _)), end in zip(bars.items(), ends, strict=True)
            ],
            hoverinfo="text",
            showlegend=len(series) > 1,
        )
        figure.add_bar(  # invisible, as long as the interval: its number stands behind that
            orientation="h",
            y=list(bars),
            x=[end.high for end in ends],
            text=[percent(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            offsetgroup=index,
            marker={"color": "rgba(0,0,0,0)"},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(tickformat=".0%", range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed", type="category", categoryarray=names)
    return styled(figure, height=100 + len(names) * (16 + 22 * len(series)))
