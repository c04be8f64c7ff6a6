import pytest

from fer_core.evaluate.detection import (
    DetectionEvaluation,
    DetectorScores,
    FaceFreeScores,
    TiltScores,
)
from fer_core.evaluate.tilt import TurnedEvaluation, TurnedScores
from fer_core.figures import (
    false_faces_by_tilt,
    false_faces_caption,
    macro_f1_by_tilt,
    macro_f1_caption,
    recall_by_tilt,
    recall_caption,
)


def scores(name, *found):
    tilts = [TiltScores(30 * index, 5, 10, n, 1) for index, n in enumerate(found)]
    return DetectorScores(name, "photo", tuple(tilts), {"stripes": FaceFreeScores(4, 3)}, 80.0)


@pytest.fixture
def finding():
    return DetectionEvaluation((scores("blazeface", 9, 9, 8), scores("haar", 6, 1, 0)))


@pytest.fixture
def turned():
    rows = (
        TurnedScores("blazeface", 0, 100, 90, 88, 0.6),
        TurnedScores("blazeface", 60, 100, 80, 78, 0.59),
        TurnedScores("haar", 0, 100, 70, 70, 0.61),
        TurnedScores("haar", 60, 100, 4, 4, 1.0),
    )
    return TurnedEvaluation("small", "PublicTest", 100, 0.62, rows, ())


def test_each_detector_has_a_line_and_lines_differ_in_more_than_colour(finding):
    lines = recall_by_tilt(finding).data
    assert [line.name for line in lines] == ["BlazeFace", "Haar"]
    assert [list(line.y) for line in lines] == [[0.9, 0.9, 0.8], [0.6, 0.1, 0.0]]
    assert len({(line.line.dash, line.marker.symbol) for line in lines}) == 2


def test_false_faces_are_counted_per_photo(finding):
    assert list(false_faces_by_tilt(finding).data[0].y) == [0.2, 0.2, 0.2]
    assert "false faces: 1 in 5 photos" in false_faces_by_tilt(finding).data[0].hovertext[0]


def test_the_captions_name_the_worst_tilt(finding):
    assert recall_caption(finding) == (
        "Of 10 faces in 5 photos, BlazeFace finds 90% upright and 80% at its worst tilt; Haar "
        "finds 60% upright and 0% at its worst tilt. BlazeFace takes 80 ms per photo; Haar takes "
        "80 ms per photo."
    )
    assert "it detects 3." in false_faces_caption(finding)


def test_a_score_on_few_faces_is_not_drawn(turned):
    blazeface, haar = macro_f1_by_tilt(turned).data
    assert list(blazeface.x) == [0, 60]
    assert list(haar.x) == [0]


def test_the_macro_f1_caption_compares_upright_with_the_worst_tilt(turned):
    caption = macro_f1_caption(turned)
    assert "at least 80%" in caption
    assert "0.600 upright and 0.590 at the worst tilt (60 degrees)" in caption
