import subprocess
import sys
from pathlib import Path

import pytest

from fer_core import explain


def test_every_name_is_handed_out_and_listed():
    assert dir(explain) == sorted(explain.__all__)
    for name in explain.__all__:
        assert getattr(explain, name).__name__ == name


def test_an_unknown_name_is_an_error():
    with pytest.raises(AttributeError, match="no attribute 'explain_video'"):
        explain.explain_video  # noqa: B018


def test_no_name_loads_tensorflow_into_this_process():
    code = (
        "import sys\nfrom fer_core.explain import *\n"
        "print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
