from streamlit.testing.v1 import AppTest


def app():
    import streamlit as st

    from pages.ui.inside.place import fresh_place

    with fresh_place("maps", st.session_state["subject"]):
        st.write(st.session_state["subject"])


def place_of(page, subject):
    """Return the number of the place in which a run about a subject shows it."""
    page.session_state["subject"] = subject
    page.run()
    assert not page.exception
    assert [words.value for words in page.markdown] == [subject]
    places = page.main.children
    assert len(places) == 2
    (number,) = (n for n, each in places.items() if getattr(each, "children", None))
    return number


def test_what_is_about_something_else_gets_another_place_and_the_old_one_is_emptied():
    page = AppTest.from_function(app)
    places = [place_of(page, subject) for subject in ("plain", "plain", "vgg", "plain", "plain")]
    assert places == [0, 0, 1, 0, 0]
