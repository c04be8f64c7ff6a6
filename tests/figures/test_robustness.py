from dataclasses import replace

from fer_core.figures import corruption_overview, robustness_caption, robustness_curves


def test_each_level_is_a_point_with_its_scores(tilt):
    (line,) = robustness_curves({"plain": tilt}, "tilt").data
    assert (list(line.x), list(line.y)) == ([0, 15, 30, 90], [0.7, 0.68, 0.6, 0.2])
    assert line.hovertext[3] == "plain at 90 degrees: accuracy 20.0%, macro-F1 0.100"


def test_clean_faces_are_on_the_left_also_if_a_lower_level_is_harder(tilt, darkness):
    assert robustness_curves({"plain": tilt}, "tilt").layout.xaxis.autorange is None
    figure = robustness_curves({"plain": darkness}, "darkness")
    assert figure.layout.xaxis.autorange == "reversed"


def test_the_caption_says_how_long_a_model_holds_out_and_its_last_score(tilt):
    caption = robustness_caption({"plain": tilt}, "tilt")
    assert "on 100 faces" in caption
    assert "right on 70% of clean faces" in caption
    assert "loses more than 5 points from 30 degrees on" in caption
    assert "20% at 90 degrees" in caption


def test_the_caption_says_that_a_model_holds_out(tilt):
    flat = replace(tilt, points=tilt.points[:2])
    assert "never loses more than 5 points" in robustness_caption({"plain": flat}, "tilt")


def test_the_overview_names_what_costs_most_and_least(tilt, darkness):
    assert corruption_overview("plain", {"tilt": tilt, "darkness": darkness}) == (
        "At the hardest level measured, tilt costs plain the most accuracy (50 points), darkness "
        "the least (20 points)."
    )


def test_an_unknown_corruption_is_shown_with_its_name(tilt):
    assert robustness_curves({"plain": tilt}, "fog").layout.xaxis.title.text == "fog, degrees"
