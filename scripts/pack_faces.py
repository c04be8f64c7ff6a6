"""Pack the cleaned faces of FER2013 and their votes into one file for `train_on_gpu.py`.

    python scripts/pack_faces.py --data fer2013.csv --votes fer2013new.csv faces.npz.xz

The file has about 52 MB. It holds the Training faces and, to be measured on, those of PublicTest.
"""

import argparse
import io
import lzma
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from fer_core.data import fer2013
from fer_core.data.cleaning import clean
from fer_core.data.votes import read_votes, votes_at


def main(data: Path, votes: Path, packed: Path) -> None:
    """Read, clean, join and pack."""
    file = fer2013.read_fer2013(data)
    counts = read_votes(votes).joined_to(file.row_split_ids)
    cleaned = clean(file.dataset, n_unreadable=file.n_unreadable)
    arrays = {}
    for split, faces in (("train", cleaned.train), ("validation", cleaned.validation)):
        arrays[f"{split}_pixels"] = faces.pixels
        arrays[f"{split}_labels"] = faces.label_ids.astype(np.uint8)
        arrays[f"{split}_votes"] = votes_at(counts, faces.rows).astype(np.uint8)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    packed.write_bytes(lzma.compress(stream.getvalue()))
    print(f"{packed}: {len(cleaned.train):,} faces, {packed.stat().st_size / 2**20:.0f} MB.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pack faces and votes for a GPU.")
    parser.add_argument("--data", type=Path, required=True, help="FER2013, as CSV.")
    parser.add_argument("--votes", type=Path, required=True, help="FER+, as CSV.")
    parser.add_argument("packed", type=Path, help="The file to write.")
    arguments = parser.parse_args()
    main(arguments.data, arguments.votes, arguments.packed)
