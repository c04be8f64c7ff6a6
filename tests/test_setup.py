"""What `make` needs before anything is installed: the pinned versions, the scripts of `.ci/`."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ]+)(?: ; (?P<marker>[^\\]+?))? \\$", re.M)


def pins(lock: str) -> set[tuple[str, str, str]]:
    text = (ROOT / lock).read_text("utf-8")
    return {
        (found["name"], found["version"], found["marker"] or "") for found in PIN.finditer(text)
    }


def copy_of_setup(folder: Path) -> Path:
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/setup", folder / ".ci")
    (folder / "requirements.txt").write_text("nothing==1\n")
    return folder / ".ci/setup"


def run_setup(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [folder / ".ci/setup", "requirements.txt"],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def fake_python(path: Path, *, version: str, has_venv: bool = True) -> str:
    """Write a program that answers the questions setup asks, as a Python of `version` would."""
    major_minor = tuple(map(int, version.split(".")))
    is_supported = (3, 11) <= major_minor <= (3, 13)
    path.write_text(
        f"""#!/bin/sh
case "$*" in
    *print*) echo "Python {version}" ;;
    *ensurepip*) exit {int(not has_venv)} ;;
    *version_info*) exit {int(not is_supported)} ;;
esac
"""
    )
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_file_names_an_index(lock):
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) == len(pins(lock)) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text) is None


def test_the_tests_run_on_the_very_versions_that_the_app_runs_on():
    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_the_pins_satisfy_every_requirement_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [Requirement(text) for text in sum(extras.values(), project["dependencies"])]
    version_of = {name: version for name, version, _ in pins("requirements.txt")}
    misfits = [str(one) for one in wanted if version_of[one.name] not in one.specifier]
    assert misfits == []


def test_the_app_and_the_training_have_their_packages_pinned():
    names = {name for name, _, _ in pins("requirements.txt")}
    assert names >= {
        *("streamlit", "streamlit-webrtc", "tensorflow", "opencv-python-headless"),
        *("plotly", "av"),
    }


def test_setup_and_the_project_name_the_same_python_versions():
    setup = (ROOT / ".ci/setup").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lowest, highest = (
        int(re.search(rf"^{name}=(\d+)", setup, re.M)[1]) for name in ("min_minor", "max_minor")
    )
    assert project["requires-python"] == f">=3.{lowest},<3.{highest + 1}"


@pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
def test_a_wrong_python_is_told_in_one_sentence(tmp_path, version):
    copy_of_setup(tmp_path / "a folder")
    python = fake_python(tmp_path / "python", version=version)
    done = run_setup(tmp_path / "a folder", PYTHON=python)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(
        f"Expected Python 3.11 to 3.13, found Python {version} ({python})"
    )
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "a folder/.venv").exists()


def test_a_missing_python_is_told_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    done = run_setup(tmp_path / "clone", PYTHON="no-such-python")
    assert done.stderr.startswith("Expected Python 3.11 to 3.13, found none (no-such-python)")
    assert done.stderr.count("\n") == 1


def test_a_python_without_its_venv_module_is_told_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    python = fake_python(tmp_path / "python", version="3.12", has_venv=False)
    done = run_setup(tmp_path / "clone", PYTHON=python)
    assert "comes without: install it" in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_a_network_setup_says_so_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    (tmp_path / "clone/requirements.txt").write_text(f"nothing==1 --hash=sha256:{'0' * 64}\n")
    with socket.socket() as closed:  # bound, but nobody listens
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        done = run_setup(
            tmp_path / "clone",
            PYTHON=sys.executable,
            PIP_CONFIG_FILE=os.devnull,
            PIP_INDEX_URL=index,
            NO_PROXY="127.0.0.1",
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Expected to reach a Python package index, but no connection")
    assert done.stderr.count("\n") == 1


def test_setup_does_nothing_when_all_is_installed(tmp_path):
    clone = tmp_path / "clone"
    copy_of_setup(clone)
    (clone / ".venv/bin").mkdir(parents=True)
    fake_python(clone / ".venv/bin/python", version="3.12")
    (clone / ".venv/installed").mkdir()
    shutil.copy(clone / "requirements.txt", clone / ".venv/installed")
    done = run_setup(clone, PYTHON="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("cut_off", [True, False])
def test_a_setup_that_was_cut_off_starts_over_with_a_new_venv(tmp_path, cut_off):
    clone = tmp_path / "clone"
    copy_of_setup(clone)
    (clone / ".venv/bin").mkdir(parents=True)
    fake_python(clone / ".venv/bin/python", version="3.12")
    if cut_off:
        (clone / ".venv/unfinished").touch()
    python = fake_python(tmp_path / "python", version="3.12")
    done = run_setup(clone, PYTHON=python)
    assert ("Making .venv/ with Python 3.12" in done.stdout) == cut_off
    assert done.returncode == 0


def run_browser_check(folder: Path, *, is_ci: bool = False) -> tuple[int, str]:
    """Run `.ci/browser` on a machine that has only what is in `folder`."""
    for program in ("bash", "env"):
        (folder / program).symlink_to(shutil.which(program))
    done = subprocess.run(
        [ROOT / ".ci/browser"],
        env={"PATH": str(folder), "CI": str(is_ci).lower()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr


def write_program(path: Path, line: str) -> None:
    path.write_text(f"#!{shutil.which('sh')}\n{line}\n")
    path.chmod(0o755)


def test_a_browser_that_is_there_will_do(tmp_path):
    write_program(tmp_path / "chromium", "exit 1")
    assert run_browser_check(tmp_path, is_ci=True) == (0, "")


@pytest.mark.parametrize("is_ci", [True, False])
def test_a_missing_browser_is_told_and_is_a_failure_only_in_ci(tmp_path, is_ci):
    status, message = run_browser_check(tmp_path, is_ci=is_ci)
    assert status == int(is_ci)
    assert message.startswith("Expected Chromium for the browser tests, found none: install it")
    assert message.count("\n") == 1


def test_root_gets_a_missing_browser_installed(tmp_path):
    write_program(tmp_path / "id", "echo 0")
    link = f"{shutil.which('ln')} -s {shutil.which('true')} {tmp_path}/chromium"
    write_program(tmp_path / "apt-get", f'case "$*" in *install*chromium*) {link} ;; esac')
    assert run_browser_check(tmp_path, is_ci=True) == (0, "")


def test_who_may_not_install_is_told_what_to_install(tmp_path):
    write_program(tmp_path / "id", "echo 1000")
    write_program(tmp_path / "apt-get", "exit 100")
    write_program(tmp_path / "sudo", "exit 1")  # a password is needed
    status, message = run_browser_check(tmp_path, is_ci=True)
    assert (status, message.count("\n")) == (1, 1)
