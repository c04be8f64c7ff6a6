import hashlib

import pytest

from fer_core.errors import ModelError
from fer_core.weights import VENDOR_FOLDER, VendorFile


def test_the_known_file_is_read(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"abc")
    known = VendorFile("weights.bin", hashlib.sha256(b"abc").hexdigest())
    assert known.read_verified(tmp_path) == b"abc"


def test_a_changed_file_is_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"abd")
    known = VendorFile("weights.bin", hashlib.sha256(b"abc").hexdigest())
    with pytest.raises(ModelError, match="was changed"):
        known.read_verified(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"weights\.bin: No such file"):
        VendorFile("weights.bin", "0").read_verified(tmp_path)


def test_each_vendored_folder_names_its_source_and_its_digests():
    for folder in VENDOR_FOLDER.iterdir():
        source = (folder / "SOURCE.md").read_text()
        for file in folder.iterdir():
            if file.suffix in {".xml", ".tflite", ".onnx"}:
                assert hashlib.sha256(file.read_bytes()).hexdigest() in source, file.name
