from fer_core.records import error_record
from fer_core.results import FrameResult


def test_an_unreadable_photo_has_the_same_keys_and_a_sentence():
    record = error_record("a.txt", "This is not a photo.")
    assert record.keys() == FrameResult(640, 480).to_dict().keys()
    assert record["error"] == "This is not a photo."
    assert record["width"] is record["height"] is None
    assert record["faces"] == []
