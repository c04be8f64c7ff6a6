"""Photos through the pipeline with their people."""

import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.faces.detections import Detections
from fer_core.pipeline import FacePipeline, load_pipeline
from fer_core.pipeline.bodies import eyes_of
from fer_core.results import Box, Person
from tests.body.skeletons import figure, person_of

pytestmark = pytest.mark.model


class FixedPoses:
    """Finds one person per face, and keeps the eyes that it was given."""

    def find(self, frame_bgr, eyes):
        self.eyes = eyes
        return tuple(
            Person(Box(-5, 0, 50, 50), np.zeros((33, 4)), np.zeros((33, 3)), 0.9, index)
            for index in range(len(eyes))
        )


@pytest.fixture(scope="module")
def faces():
    return load_pipeline(detector="haar")


def with_poses(faces, poses):
    return FacePipeline(faces.detector, faces.recognizer, faces._occlusion, poses=poses)


def test_eyes_lie_in_the_upper_half_of_the_square_of_a_face():
    found = Detections([[0, 0, 100, 100]], [0.9], [0.0], squares=np.array([[50.0, 60.0, 200.0]]))
    assert eyes_of(found) == pytest.approx(np.array([[[14, 40], [86, 40]]]))


def test_the_eyes_of_a_face_on_its_side_lie_one_above_the_other():
    found = Detections([[0, 0, 100, 100]], [0.9], [90.0], squares=np.array([[50.0, 60.0, 200.0]]))
    assert eyes_of(found) == pytest.approx(np.array([[[70, 24], [70, 96]]]))


def test_no_face_has_no_eyes():
    assert eyes_of(Detections.empty()).shape == (0, 2, 2)


def test_people_are_not_searched_unless_they_are_asked_for(faces):
    result = faces.analyze(read_portrait())
    assert (len(result.faces), result.people, result.is_body_read) == (1, (), False)
    assert "body" not in result.stage_ms


def test_each_person_knows_the_face_by_its_index(faces):
    poses = FixedPoses()
    result = with_poses(faces, poses).analyze(read_portrait())
    assert result.is_body_read
    (person,) = result.people
    assert person.face_id == 0
    assert person.box.as_tuple() == (0, 0, 50, 50)  # inside the photo
    assert poses.eyes == pytest.approx(np.array([[[134, 107], [176, 114]]]), abs=12)
    assert result.stage_ms["body"] >= 0


def test_each_person_has_the_posture_in_words(faces):
    class StandingPerson:
        def find(self, frame_bgr, eyes):
            return (person_of(figure(head_deg=(0, 0, 20))),)

    result = with_poses(faces, StandingPerson()).analyze(np.full((600, 640, 3), 128, np.uint8))
    assert result.people[0].posture == ("head tilted", "standing")
    assert result.to_dict()["people"][0]["posture"] == ["head tilted", "standing"]


def test_a_photo_without_a_face_is_searched_for_people_too(faces):
    poses = FixedPoses()
    result = with_poses(faces, poses).analyze(np.full((60, 80, 3), 128, np.uint8))
    assert poses.eyes.shape == (0, 2, 2)
    assert (result.people, result.is_body_read) == ((), True)


def test_a_pipeline_that_was_loaded_with_bodies_finds_them():
    result = load_pipeline(body=True).analyze(read_portrait())
    (person,) = result.people
    assert person.face_id == 0
    assert result.to_dict()["people"][0]["face_id"] == 0


def test_bodies_in_a_video_are_refused():
    with pytest.raises(ValueError, match="Bodies are found in photos only"):
        load_pipeline(mode="video", body=True)
