import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.explain import explain_photo, explanation
from fer_core.explain.explanation import explain_crop, face_crops
from fer_core.expression.recognizer import load_recognizer
from fer_core.pipeline import load_pipeline
from tests.explain.made_up import MadeUpWorker, drawn_crop

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def recognizer():
    return load_recognizer("plain")


@pytest.fixture
def dark_bgr():
    return (read_portrait() // 12).astype(np.uint8)


def test_a_photo_of_one_face_gives_everything_about_it():
    worker, said = MadeUpWorker(), []
    (found,) = explain_photo(read_portrait(), model="plain", worker=worker, on_message=said.append)
    assert (found.model_id, found.head, found.label) == ("plain", found.grad_cam.head, "happy")
    assert found.crop.shape == (48, 48)
    assert found.reading.label == "happy"
    assert found.occlusion.heat.max() > 0
    assert found.agreement.rank_correlation is not None
    assert "Computing the maps of all layers." in said
    assert not worker.is_closed  # it belongs to the caller


def test_a_worker_that_the_call_made_ends_with_it(monkeypatch):
    made = []

    class Watched(MadeUpWorker):
        def __init__(self, models):
            super().__init__(models)
            made.append(self)

    monkeypatch.setattr(explanation, "ExplainWorker", Watched)
    explain_photo(read_portrait(), model="plain")
    assert [worker.is_closed for worker in made] == [True]


def test_a_photo_without_a_face_explains_nothing():
    frame_bgr = np.full((200, 200, 3), 90, np.uint8)
    assert explain_photo(frame_bgr, model="plain", worker=MadeUpWorker()) == ()


def test_a_face_that_is_not_fit_to_be_read_has_its_reasons_and_no_reading(dark_bgr):
    (found,) = explain_photo(dark_bgr, model="plain", worker=MadeUpWorker(), is_crop=True)
    assert found.reasons == ("too dark to read",)
    assert found.reading is None
    assert found.label == found.head_reading.label


def test_the_head_and_the_label_can_be_chosen(recognizer):
    worker = MadeUpWorker()
    found = explain_crop(drawn_crop(), recognizer, worker, head="votes", label="contempt")
    assert worker.asked == [("votes", "contempt")]
    assert (found.occlusion.head, found.occlusion.label) == ("votes", "contempt")
    assert found.head_reading.labels == recognizer.card.heads["votes"]


def test_progress_rises_to_1(recognizer):
    shares = []
    explain_crop(drawn_crop(), recognizer, MadeUpWorker(), on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_a_reading_that_the_head_has_no_word_for_falls_back_to_the_head_s_own(recognizer):
    class Scornful:
        card = recognizer.card
        predict_probs = recognizer.predict_probs

        def recognize(self, crops):
            labels = self.card.heads["votes"]
            return (explanation.Expression.from_probs(labels, np.eye(8, dtype=np.float32)[7]),)

    found = explain_crop(drawn_crop(), Scornful(), MadeUpWorker(), head="label")
    assert found.reading.label == "contempt"
    assert found.label == found.head_reading.label


def test_a_cut_out_face_is_taken_as_it_is(recognizer):
    crop_bgr = np.repeat(drawn_crop()[..., None], 3, axis=2)
    (face,) = face_crops(crop_bgr, load_pipeline(model=recognizer), is_crop=True)
    np.testing.assert_array_equal(face.crop, drawn_crop())
    assert face.number == 1


def test_faces_are_numbered_from_left_to_right(recognizer):
    frame_bgr = np.hstack([read_portrait(), read_portrait()])
    faces = face_crops(frame_bgr, load_pipeline(model=recognizer))
    assert [face.number for face in faces] == [1, 2]
    assert all(not face.reasons for face in faces)


def test_an_unknown_head_is_refused(recognizer):
    with pytest.raises(ValueError, match="Expected a head of label, votes"):
        explain_crop(drawn_crop(), recognizer, MadeUpWorker(), head="joy")
