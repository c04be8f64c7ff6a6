"""What `pip install .` brings: the wheel's content, and that it works outside the checkout."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import psutil
import pytest

import fer_core
from fer_core.data import PORTRAIT_PATH
from fer_core.expression.model_folder import SHIPPED_MODELS

pytestmark = [pytest.mark.slow, pytest.mark.model]

ROOT = Path(__file__).parents[1]
MAX_BYTES = 30_000_000


def run(*words: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Return the wheel, built without a network."""
    folder = tmp_path_factory.mktemp("dist")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Return a folder into which pip installed the wheel."""
    target = tmp_path_factory.mktemp("installed")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    run("-m", "pip", "install", *quiet, "--target", target, wheel, cwd=target)
    return target


@pytest.fixture
def run_installed(installed, tmp_path):
    """Return a function that runs Python in another folder, on the installed package."""
    return lambda *words, path=(): run(
        *words, cwd=tmp_path, PYTHONPATH=os.pathsep.join(map(str, (installed, *path)))
    )


def test_the_wheel_carries_the_version_of_the_package(wheel):
    assert wheel.name == f"cue-{fer_core.__version__}-py3-none-any.whl"


def test_everything_in_the_wheel_lies_inside_the_package(names):
    assert {name.split("/")[0] for name in names} == {
        "fer_core",
        f"cue-{fer_core.__version__}.dist-info",
    }


def files_in(folder: str) -> set[str]:
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in paths if path.suffix != ".pyc"}


def test_the_wheel_holds_every_file_of_the_package_and_of_the_app(names):
    assert files_in("fer_core") >= {"fer_core/py.typed", "fer_core/data/portrait.jpg"}
    assert files_in("fer_core") <= names
    pages = {f"fer_core/app/{page}" for page in files_in("pages")}
    assert pages | {"fer_core/app/app.py", "fer_core/app/.streamlit/config.toml"} <= names


def test_the_wheel_holds_what_each_model_needs_at_run_time(names):
    for card in SHIPPED_MODELS.cards():
        folder = f"fer_core/models/{card.model_id}"
        needed = ("card.json", "evaluation.json", "history.csv", card.runtime_file)
        assert {f"{folder}/{name}" for name in needed} <= names
    vendored = (path for path in ROOT.glob("models/vendor/*/*") if path.is_file())
    quality = ROOT.glob("models/quality/*")
    shared = (*vendored, *quality, ROOT / "models/faces.json")
    assert {f"fer_core/{path.relative_to(ROOT).as_posix()}" for path in shared} <= names


def test_the_wheel_holds_neither_training_weights_nor_tests(names, wheel):
    unwanted = (".keras", "/README.md", "/model.tflite", ".csv.xz", ".pyc")
    assert [name for name in names if name.endswith(unwanted) or "tests/" in name] == []
    assert wheel.stat().st_size < MAX_BYTES


def test_three_lines_of_python_read_a_photo_from_any_folder(run_installed):
    code = "import fer_core; print(fer_core.__file__, fer_core.read(fer_core.PORTRAIT_PATH))"
    path, reading = run_installed("-c", code).split(maxsplit=1)
    assert not path.startswith(str(ROOT))
    assert reading.startswith("FrameResult(300x300, 1 face: happy 99%)")


def test_the_command_line_works_from_any_folder(run_installed):
    listed = run_installed("-m", "fer_core", "models").splitlines()
    assert len(listed) == len(SHIPPED_MODELS.cards())
    record, *_ = json.loads(
        run_installed("-m", "fer_core", "analyze", PORTRAIT_PATH, "--json", "-")
    )
    assert record["faces"][0]["expression"]["said"] == "happy"


def test_the_command_is_called_cue(installed):
    (file,) = installed.glob("cue-*.dist-info/entry_points.txt")
    assert "cue = fer_core.cli:main" in file.read_text()


def test_a_page_of_the_installed_app_reads_a_photo(run_installed, installed):
    app = installed / "fer_core" / "app"
    code = f"""
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(app / "pages" / "photos.py")!r}, default_timeout=120).run()
page.toggle(key="photo-example").set_value(True).run()
assert not page.exception, page.exception
print(page.header[0].value)
"""
    assert run_installed("-c", code, path=[app]).strip() == "1 face in 1 photo"


@pytest.fixture
def server(installed, tmp_path):
    """Yield the process and the address of the installed app, started in another folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log_path = tmp_path / "server.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "fer_core", "app", "--port", str(port)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(installed)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://localhost:{port}"
            wait_for(f"{url}/_stcore/health", process, log_path)
            yield process, url
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen, log_path: Path) -> None:
    deadline_s = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert process.poll() is None, log_path.read_text()
            assert time.monotonic() < deadline_s, log_path.read_text()
            time.sleep(0.1)


def test_the_app_starts_from_the_installed_wheel_with_its_settings(server):
    process, url = server
    with urllib.request.urlopen(f"{url}/live", timeout=30) as answer:
        assert b"<title>Streamlit</title>" in answer.read()
    connections = psutil.Process(process.pid).net_connections("inet")
    listening = {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
    assert listening <= {"127.0.0.1", "::1"}  # the app's settings; Streamlit's own are all networks
