from fer_core.figures import balance_caption, class_balance

COUNTS = {"Training": {"happy": 30, "disgust": 2}, "PublicTest": {"happy": 7, "disgust": 1}}


def test_each_split_has_its_bars_and_each_bar_its_number():
    figure = class_balance(COUNTS)
    assert [bar.name for bar in figure.data] == ["Training", "PublicTest"]
    assert list(figure.data[0].y) == ["happy", "disgusted"]
    assert list(figure.data[0].text) == ["30", "2"]


def test_the_hover_text_gives_the_share_of_the_split():
    assert class_balance(COUNTS).data[1].hovertext[1] == (
        "PublicTest, disgusted: 1 of 8 faces (12.5%)"
    )


def test_the_axis_leaves_room_for_the_number_of_the_longest_bar():
    assert class_balance(COUNTS).layout.xaxis.range[1] > 30 * 1.1


def test_the_caption_names_the_most_frequent_and_the_rarest_expression_of_all_splits():
    caption = balance_caption(COUNTS)
    assert "happy (92% of 40 faces)" in caption
    assert "disgusted (7.5%)" in caption
    assert "no " not in caption


def test_the_caption_names_the_rarest_expression_that_occurs_and_apart_those_that_do_not():
    caption = balance_caption({"Training": {"angry": 0, "happy": 9, "fear": 0, "sad": 3, "odd": 0}})
    assert "the rarest is sad (25.0%)" in caption
    assert caption.endswith("The data has no angry, afraid or odd faces.")
    equal = balance_caption({"Training": {"happy": 3, "sad": 3}})
    assert equal == "The 2 expressions are equally frequent (6 faces)."
    assert balance_caption({"Training": {"happy": 1}}) == "The only face is happy."


def test_the_axis_counts_whole_faces():
    assert class_balance({"Training": {"happy": 2}}).layout.xaxis.dtick == 1
    assert class_balance({"Training": {"happy": 2}}, as_shares=True).layout.xaxis.dtick is None
    assert class_balance(COUNTS).layout.xaxis.dtick is None


def test_a_data_set_without_faces_gives_an_empty_figure_and_says_so():
    empty = {"Training": {"happy": 0, "disgust": 0}}
    assert list(class_balance(empty).data[0].x) == [0, 0]
    assert balance_caption(empty) == "The data set has no faces."


def test_no_split_at_all_gives_no_bars():
    assert class_balance({}).data == ()
    assert balance_caption({}) == "The data set has no faces."


def test_as_shares_each_bar_is_its_share_of_the_split_so_splits_of_any_size_compare():
    figure = class_balance(COUNTS, as_shares=True)
    assert list(figure.data[0].x) == [30 / 32, 2 / 32]
    assert list(figure.data[1].text) == ["87.5%", "12.5%"]
    assert figure.layout.xaxis.tickformat == ".0%"


def test_a_class_from_a_file_is_shown_and_is_no_tag():
    figure = class_balance({"<i>split": {"<b>bored": 3}})
    assert list(figure.data[0].y) == ["&lt;b&gt;bored"]
    assert figure.data[0].name == "&lt;i&gt;split"
    assert "are <b>bored." in balance_caption({"split": {"<b>bored": 3}})


def test_classes_that_are_nearly_even_are_not_called_rare():
    caption = balance_caption({"Training": {"happy": 19, "sad": 17, "fear": 17}})
    assert caption == (
        "The 3 expressions are nearly equally frequent: each has 32% to 36% of 53 faces."
    )
    alike = balance_caption({"Training": {"happy": 100, "sad": 99, "fear": 100}})
    assert "each has about 33% of 299 faces" in alike
