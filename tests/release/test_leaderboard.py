import json
from dataclasses import replace

from fer_core.release.leaderboard import BEGIN, END, replace_between_marks, write_leaderboard
from tests.evaluate.test_report import EVALUATION


def test_the_leaderboard_has_one_row_per_model_and_leaves_other_text_alone(small_models):
    path = small_models.path / "README.md"
    path.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    write_leaderboard(models=small_models)
    page = path.read_text(encoding="utf-8")
    assert "old" not in page
    assert page.startswith("Before.\n")
    assert page.endswith("\nAfter.\n")
    row = next(line for line in page.splitlines() if "[small]" in line)
    assert row.startswith("| [small](small/README.md) (default) | 1,234 | 12 | 1.5 | 0.90 | 75.0 (")
    write_leaderboard(models=small_models)
    assert path.read_text(encoding="utf-8") == page


def test_the_model_with_the_highest_macro_f1_is_first_and_one_without_scores_is_left_out(
    small_models, small_card
):
    for model_id, macro_f1 in (("better", 0.7), ("bare", None)):
        folder = small_models.path_of(model_id)
        folder.mkdir()
        small_models.save_card(replace(small_card, model_id=model_id, is_default=False))
        if macro_f1 is not None:
            values = EVALUATION | {"macro_f1": macro_f1}
            (folder / "evaluation.json").write_text(json.dumps(values), encoding="utf-8")
    write_leaderboard(models=small_models)
    page = (small_models.path / "README.md").read_text(encoding="utf-8")
    names = [line.split("]")[0] for line in page.splitlines() if line.startswith("| [")]
    assert names == ["| [better", "| [small"]


def test_the_name_of_a_model_is_no_markup(small_models, small_card):
    small_models.path_of("small").rename(small_models.path_of("a|b c"))
    small_models.save_card(replace(small_card, model_id="a|b c"))
    write_leaderboard(models=small_models)
    assert "[a\\|b c](a%7Cb%20c/README.md)" in (small_models.path / "README.md").read_text("utf-8")


def test_a_folder_without_models_says_so(small_models):
    (small_models.path_of("small") / "card.json").unlink()
    write_leaderboard(models=small_models)
    assert "No models yet." in (small_models.path / "README.md").read_text("utf-8")


def test_a_page_without_marks_gets_them_and_a_missing_page_is_created(small_models):
    write_leaderboard(models=small_models)
    page = (small_models.path / "README.md").read_text(encoding="utf-8")
    assert page.startswith("# Models\n")
    assert BEGIN in page
    assert replace_between_marks("Mine.", "text") == f"Mine.\n\n{BEGIN}\ntext\n{END}\n"
