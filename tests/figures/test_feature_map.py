import numpy as np
import pytest

from fer_core.figures import clicked_place, feature_map, neighbour_caption, neighbour_matrix
from fer_core.figures.classes import CLASS_COLORS, class_marker
from tests.contrast import MIN_PART, contrast, rgb
from tests.figures.test_style import THEMES

XY = np.array([[0, 1], [2, 3], [4, 5]], dtype=np.float16)
SHARES = np.array([[0.9, 0.1, 0], [0.5, 0.4, 0], [0, 0, 0]])


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize("color", CLASS_COLORS)
def test_points_of_every_class_stand_out_on_both_themes(color, theme):
    assert contrast(rgb(color), rgb(theme["backgroundColor"])) >= MIN_PART


def test_no_two_of_20_classes_look_alike_and_the_first_seven_differ_in_both():
    looks = [(marker["color"], marker["symbol"]) for marker in map(class_marker, range(20))]
    assert len(set(looks)) == 20
    assert len({color for color, _ in looks[:7]}) == len({symbol for _, symbol in looks[:7]}) == 7


def test_each_face_is_a_point_with_its_place_its_row_and_the_look_of_its_class():
    figure = feature_map(XY, np.array([1, 0, 1]), ("happy", "fear", "sad"), np.array([7, 8, 9]))
    points = {
        int(row): (trace.name, trace.marker.symbol, x, y)
        for trace in figure.data
        for (row,), x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    square, circle = class_marker(1)["symbol"], class_marker(0)["symbol"]
    assert points == {
        7: ("afraid", square, 0, 1),
        8: ("happy", circle, 2, 3),
        9: ("afraid", square, 4, 5),
    }


def test_no_class_is_drawn_wholly_above_another():
    label_ids = np.repeat([0, 1, 2], 50)
    names = [
        trace.name
        for trace in feature_map(np.zeros((150, 2)), label_ids, tuple("abc"), label_ids).data
    ]
    assert names[:3] == names[-3:] == ["a", "b", "c"]
    assert len(names) > 3


def test_the_legend_names_each_class_once_and_hides_all_its_points():
    label_ids = np.repeat([0, 1], 50)
    data = feature_map(np.zeros((100, 2)), label_ids, tuple("ab"), label_ids).data
    assert [trace.name for trace in data if trace.showlegend] == ["a", "b"]
    assert {(trace.name, trace.legendgroup) for trace in data} == {("a", "0"), ("b", "1")}


def test_a_distance_is_as_long_from_left_to_right_as_from_top_to_bottom():
    layout = feature_map(XY, None, (), np.arange(3)).layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.yaxis.scaleratio in (None, 1)


def test_without_labels_all_points_are_one_series_without_a_legend():
    figure = feature_map(XY, None, (), np.arange(3))
    assert len(figure.data) == 1
    assert figure.layout.showlegend is False


def test_a_class_name_from_a_file_is_no_tag_in_the_figure():
    figure = feature_map(XY, np.zeros(3, int), ('<a href="http://x">',), np.arange(3))
    assert "<a" not in figure.to_json().replace("\\u003c", "<")


def test_the_matrix_holds_the_classes_that_have_points():
    numbers = neighbour_matrix(SHARES, ("happy", "fear", "bored")).data[1]
    assert list(numbers.x) == ["happy", "afraid"] * 2
    assert list(numbers.text) == ["90%", "10%", "50%", "40%"]


def test_two_classes_of_one_word_have_a_row_each():
    figure = neighbour_matrix(np.array([[0.9, 0.1], [0.5, 0.5]]), ("fear", "afraid"))
    assert [len(row) for row in figure.data[0].z] == [2, 2]
    assert len(figure.data[1].text) == 4


def test_the_caption_names_the_class_that_lies_apart_and_the_one_that_mixes():
    caption = neighbour_caption(SHARES, ("happy", "fear", "bored"))
    assert "apart most clearly is happy: 90%" in caption
    assert "Afraid mixes most: 40% have its label, and 50% are labelled happy" in caption
    assert "lie apart alike: 100%" in neighbour_caption(np.eye(2), ("happy", "fear"))
    assert "only one class" in neighbour_caption(np.eye(1), ("happy",))


def test_a_map_by_answers_does_not_speak_of_labels():
    caption = neighbour_caption(SHARES, ("happy", "fear", "bored"), is_by_answer=True)
    assert "happy: 90% of the neighbours of its faces get the same answer." in caption
    assert "40% get the same answer, and 50% are read as happy" in caption
    alike = neighbour_caption(np.eye(2), ("happy", "fear"), is_by_answer=True)
    hovers = neighbour_matrix(SHARES, ("happy", "fear", "bored"), is_by_answer=True).data[0]
    assert hovers.hovertext[0][1] == (
        "10.0% of the neighbours of faces read as happy are read as afraid"
    )
    for words in (caption, alike, str(hovers.hovertext)):
        assert "label" not in words


def test_the_legend_is_below_the_map_where_no_button_lies_on_it():
    legend = feature_map(XY, np.zeros(3, int), ("happy",), np.arange(3)).layout.legend
    assert (legend.yanchor, legend.y) == ("top", 0)


def test_a_clicked_point_is_found_by_its_trace_and_its_place_in_it():
    label_ids = np.tile([3, 1], 20)
    figure = feature_map(np.zeros((40, 2)), label_ids, tuple("abcd"), np.arange(40))
    for trace, points in enumerate(figure.data):
        for point, (row,) in enumerate(points.customdata):
            assert clicked_place(label_ids, trace=trace, point=point) == row


@pytest.mark.parametrize(("trace", "point"), [(4, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_click_that_names_no_point_is_none(trace, point):
    assert clicked_place(np.array([3, 1, 3, 1]), trace=trace, point=point) is None
