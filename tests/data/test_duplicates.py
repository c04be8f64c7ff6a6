import cv2
import numpy as np
import pytest

from fer_core.data import duplicates
from fer_core.data.duplicates import MIN_CORRELATION, find_duplicates


def photo(seed):
    """Return a smooth random image, as photos are."""
    coarse = np.random.default_rng(seed).integers(40, 200, (7, 7)).astype(np.uint8)
    return cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC)


def brighter(image):
    return cv2.convertScaleAbs(image, alpha=0.8, beta=40)


def compressed(image):
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)


def mirrored(image):
    return image[:, ::-1]


def test_equal_images_are_exact_duplicates_and_blank_ones_are_not():
    images = [photo(1), photo(2), photo(1), np.zeros((48, 48)), np.zeros((48, 48)), photo(1)]
    found = find_duplicates(np.stack(images).astype(np.uint8))
    assert (found.exact, found.near) == (((0, 2, 5),), ())


@pytest.mark.parametrize("change", [brighter, compressed, mirrored])
def test_a_changed_copy_is_a_near_duplicate(change):
    images = np.stack([photo(1), photo(2), change(photo(2)), photo(3)])
    found = find_duplicates(images)
    assert (found.exact, found.near) == ((), ((1, 2),))


def test_exact_copies_are_among_their_near_duplicates_and_groups_are_joined():
    one = photo(4)
    images = np.stack([one, photo(5), one, brighter(one), compressed(brighter(one))])
    found = find_duplicates(images)
    assert (found.exact, found.near) == (((0, 2),), ((0, 2, 3, 4),))


def test_no_pair_is_lost_by_comparing_the_lowest_frequencies_first(monkeypatch):
    rng = np.random.default_rng(0)
    base = [photo(seed) for seed in range(12)]
    noisy = [
        np.clip(image + rng.normal(0, deviation, image.shape), 0, 255).astype(np.uint8)
        for image in base
        for deviation in (2, 6, 9, 12, 20)
    ]
    images = np.stack([*base, *noisy])
    values = images.reshape(len(images), -1).astype(float)
    values -= values.mean(axis=1, keepdims=True)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    expected = np.argwhere(np.triu(values @ values.T >= MIN_CORRELATION, 1))
    assert 20 < len(expected) < 12 * 15
    monkeypatch.setattr(duplicates, "_BLOCK", 7)  # many blocks
    pairs = duplicates._near_pairs(images, lambda share: None)
    assert sorted(map(tuple, pairs)) == list(map(tuple, expected))


def test_too_many_images_are_not_compared(monkeypatch):
    monkeypatch.setattr(duplicates, "MAX_COMPARED", 2)
    found = find_duplicates(np.stack([photo(1), photo(1), photo(2), brighter(photo(2))]))
    assert (found.exact, found.near, found.is_compared) == (((0, 1),), (), False)


@pytest.mark.parametrize("n", [0, 1])
def test_none_or_one_image_has_no_duplicates(n):
    shares = []
    found = find_duplicates(np.stack([photo(1)])[:n], on_progress=shares.append)
    assert (found.exact, found.near) == ((), ())
    assert shares[-1] == 1.0


def test_images_that_are_all_alike_are_not_compared_pair_by_pair(monkeypatch):
    monkeypatch.setattr(duplicates, "MAX_PAIRS", 100)
    frames = np.stack([photo(1)] * 30)
    frames[:, 0, 0] = np.arange(30)
    found = find_duplicates(frames)
    assert (found.near, found.is_compared) == ((), False)
