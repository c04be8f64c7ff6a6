from fer_core.drawing.sprites import glyph_uri
from pages.ui.text import escape_markdown, pluralize, with_glyph


def test_a_file_name_is_shown_as_it_is():
    assert escape_markdown("a_b*c*<b>.jpg") == r"a\_b\*c\*\<b\>\.jpg"
    assert escape_markdown("two\nlines") == "two lines"


def test_a_noun_agrees_with_its_count():
    assert [pluralize(n, "face") for n in (0, 1, 1234)] == ["0 faces", "1 face", "1,234 faces"]


def test_a_glyph_comes_before_the_words_and_has_no_words_of_a_picture():
    assert with_glyph("sad", "**sad**") == f"![]({glyph_uri('sad')}) **sad**"
