import pytest

from tests.contrast import blend, contrast, rgb


@pytest.mark.parametrize(
    ("color", "background", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_agrees_with_published_values(color, background, expected):
    assert contrast(rgb(color), rgb(background)) == pytest.approx(expected, abs=0.005)


def test_a_half_transparent_colour_is_seen_halfway_to_its_background():
    assert blend((0, 100, 200), (100, 100, 100), opacity=0.5) == [50, 100, 150]
