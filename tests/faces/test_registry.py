import pytest

from fer_core.faces.registry import DETECTOR_NAMES, create_detector


@pytest.mark.parametrize("name", DETECTOR_NAMES)
@pytest.mark.parametrize("mode", ["video", "photo"])
def test_every_detector_finds_the_face_of_the_portrait_in_every_mode(name, mode, astronaut_bgr):
    detector = create_detector(name, mode=mode)
    assert detector.name == name
    assert len(detector.detect(astronaut_bgr)) >= 1


def test_an_unknown_name_is_refused_with_the_choices():
    with pytest.raises(ValueError, match="Choose one of: blazeface, haar"):
        create_detector("harr", mode="video")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="'video' or 'photo'"):
        create_detector("haar", mode="fast")
