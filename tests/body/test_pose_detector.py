import numpy as np
import pytest

from fer_core.body.pose_detector import ANCHORS, PoseDetector, decode
from fer_core.regions import Region

pytestmark = pytest.mark.model


def test_the_anchors_are_two_per_cell_of_two_grids_and_six_per_cell_of_a_third():
    assert len(ANCHORS) == 2 * 28**2 + 2 * 14**2 + 6 * 7**2 == 2254
    assert ANCHORS[:3].tolist() == [[4, 4], [4, 4], [12, 4]]  # cells of 8 pixels
    assert ANCHORS[1568].tolist() == [8, 8]  # cells of 16
    assert ANCHORS[1960].tolist() == ANCHORS[1965].tolist() == [16, 16]  # cells of 32
    assert ANCHORS[1966].tolist() == [48, 16]
    assert ANCHORS[-1].tolist() == [208, 208]


def raw_output(**rows):
    """Return outputs in which only some anchors respond, `{index: (box and keypoints, logit)}`."""
    boxes, logits = np.zeros((2254, 12), np.float32), np.full(2254, -1e9, np.float32)
    for name, (values, logit) in rows.items():
        boxes[int(name[1:])], logits[int(name[1:])] = values, logit
    return boxes, logits


def test_keypoints_are_offsets_from_the_anchor():
    keypoints, scores = decode(*raw_output(a2=([0, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8], 1e9)))
    assert keypoints.tolist() == [[[13, 6], [15, 8], [17, 10], [19, 12]]]  # anchor (12, 4)
    assert scores == pytest.approx([1.0])


def test_boxes_of_one_person_are_averaged_by_their_scores():
    near, far = [0, 0, 40, 40, *[0] * 8], [0, 0, 40, 40, *[4] * 8]
    odds_of_4 = float(np.log(0.8 / 0.2))  # score 0.8
    odds_of_3 = float(np.log(0.6 / 0.4))  # score 0.6
    keypoints, scores = decode(*raw_output(a0=(near, odds_of_4), a1=(far, odds_of_3)))
    assert scores == pytest.approx([0.8])
    assert keypoints[0, 0] == pytest.approx([4 + 4 * 0.6 / 1.4] * 2)  # both anchors at (4, 4)


def test_two_places_are_two_people_and_the_surer_one_comes_first():
    box = [0, 0, 8, 8, *[0] * 8]
    keypoints, scores = decode(*raw_output(a0=(box, 1.0), a2253=(box, 2.0)))
    assert keypoints[:, 0].tolist() == [[208, 208], [4, 4]]
    assert scores[0] > scores[1]


def test_an_unsure_anchor_is_nobody():
    keypoints, scores = decode(*raw_output(a0=([0] * 12, -0.01)))
    assert (keypoints.shape, scores.shape) == ((0, 4, 2), (0,))


def test_the_portrait_has_its_hips_below_the_photo_and_its_shoulders_in_it(portrait_bgr):
    found = PoseDetector().propose(portrait_bgr, Region(150.0, 150.0, 300.0))
    assert len(found.scores) == 1
    hips, _, shoulders, _ = found.keypoints[0]
    assert hips[1] > 350
    assert shoulders == pytest.approx([140, 200], abs=45)
    (region,) = found.regions()
    assert (region.x, region.y) == pytest.approx(hips)


def test_a_frame_without_a_person_gives_none(stripes_bgr):
    found = PoseDetector().propose(stripes_bgr, Region(320.0, 240.0, 640.0))
    assert (len(found.scores), found.regions()) == (0, [])
