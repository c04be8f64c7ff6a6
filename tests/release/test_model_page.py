import json
from dataclasses import replace

import pytest

from fer_core.evaluate.report import load_evaluation
from fer_core.expression.card import CardDetails, Training
from fer_core.labels import FER2013_LABELS
from fer_core.release.model_page import (
    escape_markdown,
    model_page,
    training_command,
    with_usage,
    write_model_page,
)
from tests.evaluate.outcomes import evaluation_of, read, unread
from tests.evaluate.test_report import EVALUATION


@pytest.fixture
def evaluation(small_models):
    return load_evaluation("small", models=small_models)


def test_the_page_holds_the_card_and_the_scores(small_card, evaluation):
    page = model_page(small_card, evaluation)
    assert page.startswith(
        "# small\n\nA small network.\n\n"
        "It has 1,234 parameters and needs 12 million operations per face. "
    )
    header = "| on PublicTest | all 8 faces | the 8 not in Training |"
    assert f"{header}\n|---|---:|---:|" in page
    assert "| Accuracy (%) | 75.0 (50.0–90.0) | 50.0 |" in page
    assert "| happy | 4 | 50.0 | 75.0 | 60.0 | 85.0 |" in page  # the last: one person's
    assert "agrees with it on 75.0% (95% interval 50.0–90.0%)." in page
    assert "A word is shown from 55% confidence. Nine words in ten are right." in page
    assert "| label | 1.25 | 10.0 | 2.0 | 1.5 | 3.0 | 1.0 |" in page
    assert "| model\\_int8.tflite" not in page  # an underscore inside a word is not markup
    assert (
        "| model_int8.tflite (used by the app) | 1.50 | 75.0 | 0.600 | 0.90 / 0.60 / 0.50 |" in page
    )
    assert "| Tilt: degrees | 0 | 20 | 45 |\n|---|---:|---:|---:|" in page
    assert page.endswith("\n")


def test_each_word_with_its_own_threshold_is_listed(small_card, evaluation):
    card = replace(small_card, min_confidence_by_label={"happy": 0.4, "contempt": 0.655})
    page = model_page(card, evaluation)
    assert (
        "\nEach word is shown from its own confidence: happy 40%, scornful 66%. Nine words" in page
    )
    assert "A word is shown from" not in page


def photos():
    old = [read("happy", "happy", age="old"), read("sad", "happy", age="old")] * 9
    return evaluation_of([*old, *(unread("sad", age="young") for _ in range(9))], data="stills")


def test_whole_photos_have_their_scores_per_label_and_per_group(small_card, evaluation):
    page = model_page(small_card, evaluation, [photos()])
    assert "| stills | 27 | 66.7 (47.8–81.4) | 66.7 (47.8–81.4) | 100.0 (82.4–100.0) |" in page
    assert "| stills | – | – | – | 100.0 (70.1–100.0) | 0.0 (0.0–29.9) | – | – |" in page
    assert "**Groups of people in stills.** 2 of 2 shares differ from all other groups" in page
    assert "The clearest: age old: face found in 100%, all others 0%; age old: face read" in page
    assert "| age young | 9 | 0.0 (0.0–29.9) | 0.0 (0.0–29.9) | – |" in page


def test_paragraphs_and_tables_are_separated_by_one_blank_line(small_card, evaluation):
    page = model_page(with_usage(small_card, evaluation), evaluation, [photos()])
    assert "\n\n\n" not in page
    for before, line in zip(page.splitlines(), page.splitlines()[1:], strict=False):
        is_first_of_block = line.startswith(("#", "| ", "- ")) and line[:2] != before[:2]
        assert before == "" or not is_first_of_block or before.startswith("|--"), line


def test_a_page_leaves_out_what_was_not_measured(small_models, small_card):
    path = small_models.path_of("small") / "evaluation.json"
    path.write_text(json.dumps(EVALUATION | {"deduplicated": None}), encoding="utf-8")
    older = replace(small_card, temperature={}, details=CardDetails(licence="MIT"))
    page = model_page(older, load_evaluation("small", models=small_models))
    assert "| on PublicTest | all 8 faces |\n|---|---:|\n| Accuracy (%) | 75.0 |\n" in page
    for title in (
        "Corrupted faces",
        "Other faces",
        "Files",
        "Train it again",
        "What it is for",
        "Limits",
    ):
        assert f"## {title}" not in page
    assert "## Licence\n\nMIT\n" in page


def test_names_are_shown_as_they_are(small_card, evaluation):
    page = model_page(replace(small_card, model_id="*a* <b>"), evaluation)
    assert page.startswith("# \\*a\\* \\<b\\>\n")


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("cue-5", "cue-5"),
        ("mini_xception", "mini_xception"),
        ("_a_", "\\_a\\_"),
        ("a|b", "a\\|b"),
        ("[a](b)", "\\[a\\](b)"),
        ("`a` \\", "\\`a\\` \\\\"),
        ("a\nb", "a b"),
    ],
)
def test_markup_in_a_name_is_escaped(name, escaped):
    assert escape_markdown(name) == escaped


def test_limits_name_the_weakest_labels_and_each_loss_of_10_points(small_card, evaluation):
    details = with_usage(small_card, evaluation).details
    assert details.limits[:2] == (
        "Weakest recall: happy 75%, sad 75%.",
        "Faces tilted by 45 degrees and not turned upright first: accuracy falls from 75% to 50%.",
    )
    for name in ("intended_use", "not_for", "limits"):
        assert all(sentence.endswith(".") for sentence in getattr(details, name)), name


def test_the_command_that_trains_the_model_again_can_be_run_as_it_is(small_card):
    assert training_command(small_card) == (
        "python -m fer_core train best --data fer2013.csv --votes fer2013new.csv "
        "--out models/small --seed 3"
    )
    spaced = replace(
        small_card, model_id="my model", heads={"label": ("happy",)}, reading_head="label"
    )
    assert training_command(spaced) == (
        "python -m fer_core train best --data fer2013.csv --out 'models/my model' --seed 3"
    )


def test_the_commands_of_a_student_begin_with_its_training_on_a_gpu(small_card):
    training = replace(small_card.details.training, student_epochs=118)
    card = replace(small_card, details=replace(small_card.details, training=training))
    pack, teach, finish = training_command(card).split(" && ")
    assert pack.startswith("python scripts/pack_faces.py --data fer2013.csv --votes ")
    assert teach == "python scripts/train_on_gpu.py faces.npz.xz OUT"
    assert finish.endswith(" --seed 3 --student OUT")


def test_the_page_says_if_no_single_command_trains_the_model_again(small_card, evaluation):
    training = replace(small_card.details.training, is_repeatable=False)
    card = replace(small_card, details=replace(small_card.details, training=training))
    page = model_page(with_usage(card, evaluation), evaluation)
    assert "cannot be trained again by one command" in page
    assert "python -m fer_core train" not in page


def test_the_page_is_written_into_the_models_folder(small_models, small_card, evaluation):
    write_model_page(small_card, evaluation, models=small_models)
    path = small_models.path_of("small") / "README.md"
    assert path.read_text(encoding="utf-8") == model_page(small_card, evaluation)


def test_a_model_of_other_data_does_not_speak_of_fer2013(small_card, evaluation):
    counts = {"Training": dict.fromkeys(FER2013_LABELS, 9)}
    training = replace(small_card.details.training or Training(), class_counts=counts)
    card = with_usage(
        replace(small_card, details=replace(small_card.details, training=training)), evaluation
    )
    assert " --data DATA" in card.details.reproduce
    assert not [limit for limit in card.details.limits if "FER2013" in limit]
    page = model_page(card, evaluation)
    assert "| on the test split |" in page
    assert "PublicTest" not in page
