"""The tabs about whole photos that nothing was tuned on: `Other faces` and `Groups`."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.photo_scores import PhotoScores
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.figures import (
    differences_caption,
    differences_method,
    groups_read,
    groups_read_caption,
    groups_words,
    recall_per_expression,
    recall_per_expression_caption,
    steps_caption,
    steps_to_word,
    unread_reasons,
    unread_reasons_caption,
)
from pages.ui.charts import show_chart
from pages.ui.evaluation.models import load_photos_of
from pages.ui.evaluation.photo_tables import (
    differences_table,
    groups_table,
    groups_words_table,
    recall_table,
    sets_table,
    steps_table,
    unread_table,
)
from pages.ui.text import escape_markdown

_WHAT: Final = (
    "Photos that no network of Cue was trained on, from file to word. A few settings were chosen "
    "on half of them; docs/measurements.md says which. In a set marked *crops*, each photo is a "
    "face that is cut out already."
)
_SEVEN: Final = (
    "Scores are over FER2013's seven expressions. Photos labelled {labels} count as found, read "
    "and said only."
)
_COMMAND: Final = "python -m fer_core evaluate-photos DIR{model} --save"


def show_other_faces(models: Sequence[Entry]) -> None:
    """Show how many photos of each set are found, read, said and right; models share each chart."""
    st.header("From photo to word")
    st.write(_WHAT)
    measured = _measured(models)
    if not measured:
        return
    st.table(sets_table(measured), hide_index=True, alt="All sets of photos")
    titles = list(dict.fromkeys(title for sets in measured.values() for title in sets))
    title = _choose("Photos", titles, key="photo_set")
    shown = {name: sets[title] for name, sets in measured.items() if title in sets}
    show_chart(
        steps_to_word(shown),
        title=f"From photo to word, {title}",
        caption=steps_caption(shown),
        table=steps_table(shown),
    )
    if any(scores.per_class for scores in shown.values()):
        st.header("Which expressions are recognized")
        _show_recall(shown, title=title)
    if any(scores.unread for scores in shown.values()):
        st.header("Why faces are not read")
        show_chart(
            unread_reasons(shown),
            title=f"Photos not read, {title}",
            caption=unread_reasons_caption(shown),
            table=unread_table(shown),
        )


def show_groups(models: Sequence[Entry]) -> None:
    """Show, for each group of people, how often the first model reads a face and what it says."""
    st.header("Groups of people")
    measured = _measured(models[:1], has_groups=True)
    if not measured:
        return
    (sets,) = measured.values()
    title = _choose("Photos", list(sets), key="group_set")
    scores = sets[title]
    groups = scores.without_clusters().groups
    st.write(
        "Does Cue find and read the faces of all groups equally often? The groups come from the "
        "set's own list, as the people who made it saw them."
    )
    st.write(escape_markdown(differences_caption(scores)))
    if scores.differences:
        lines = (f"- {escape_markdown(each.in_words())}" for each in scores.clearest)
        st.markdown("\n".join(lines))
        with st.expander("All differences as a table"):
            st.table(differences_table(scores), hide_index=True, alt="All differences")
    if scores.n_comparisons:
        st.caption(escape_markdown(differences_method(scores)))
    column = _choose("Groups by", list(groups), key="group_column")
    _show_group_charts(groups[column], scores, column=column)


def _show_recall(shown: Mapping[str, PhotoEvaluation], *, title: str) -> None:
    show_chart(
        recall_per_expression(shown),
        title=f"Recognized expressions, {title}",
        caption=recall_per_expression_caption(shown),
        table=recall_table(shown),
    )
    unscored = next(iter(shown.values())).unscored
    if unscored:
        labels = " or ".join(f"{label} ({count})" for label, count in unscored.items())
        st.caption(_SEVEN.format(labels=escape_markdown(labels)))


def _show_group_charts(
    groups: Mapping[str, PhotoScores], whole: PhotoEvaluation, *, column: str
) -> None:
    show_chart(
        groups_read(groups, whole),
        title=f"Faces found and read by {column}",
        caption=groups_read_caption(groups, whole),
        table=groups_table(groups, whole),
    )
    show_chart(
        groups_words(groups),
        title=f"Words said by {column}",
        caption="How often each word is said, as a share of the faces read. Groups may differ in "
        "what their photos show.",
        table=groups_words_table(groups),
    )


def _choose(label: str, options: list[str], *, key: str) -> str:
    """Return the option that the visitor chose; a single one is not asked for."""
    if len(options) == 1:
        st.caption(f"{label}: {escape_markdown(options[0])}")
        return options[0]
    return st.pills(
        label,
        options,
        default=options[0],
        required=True,
        format_func=escape_markdown,
        key=key,
        persist_state="page",
    )


def _measured(
    models: Sequence[Entry], *, has_groups: bool = False
) -> dict[str, dict[str, PhotoEvaluation]]:
    """Return the stored scores by model and set; say for each model without any how to get them."""
    measured = {}
    stored = load_photos_of(models)
    for model in models:
        name = model.card.model_id
        if name not in stored:
            continue
        sets = {
            scores.title: scores
            for scores in sorted(stored[name], key=lambda scores: scores.accuracy is None)
            if scores.without_clusters().groups or not has_groups
        }
        if sets:
            measured[name] = sets
        else:
            _say_not_measured(model, has_groups=has_groups)
    return measured


def _say_not_measured(model: Entry, *, has_groups: bool) -> None:
    name = model.card.model_id
    command = _COMMAND.format(model="" if model.card.is_default else f" --model {name}")
    columns = "`file` and `label`" + (", and a column per kind of group" if has_groups else "")
    st.info(
        f"`{name}` has not been measured on other {'groups' if has_groups else 'faces'} yet. Put "
        f"photos and a table `labels.csv` with the columns {columns} into a folder DIR, and run "
        f"`{command}`"
    )
