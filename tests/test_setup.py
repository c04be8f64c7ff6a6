"""What `make` needs before anything is installed: the pinned versions and the scripts."""

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
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/setup", folder / "scripts")
    (folder / "requirements.txt").write_text("nothing==1\n")
    return folder / "scripts/setup"


def run_setup(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [folder / "scripts/setup", "requirements.txt"],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def fake_python(path: Path, *, version: str, has_venv: bool = True) -> str:
    """Write a program that answers the questions of setup like a Python of `version`."""
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


def test_the_tests_use_the_same_versions_as_the_app():
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
    setup = (ROOT / "scripts/setup").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lowest, highest = (
        int(re.search(rf"^{name}=(\d+)", setup, re.M)[1]) for name in ("min_minor", "max_minor")
    )
    assert project["requires-python"] == f">=3.{lowest},<3.{highest + 1}"


@pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
def test_a_wrong_python_is_reported_in_one_sentence(tmp_path, version):
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


def test_a_missing_python_is_reported_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    done = run_setup(tmp_path / "clone", PYTHON="no-such-python")
    assert done.stderr.startswith("Expected Python 3.11 to 3.13, found none (no-such-python)")
    assert done.stderr.count("\n") == 1


def test_a_python_without_its_venv_module_is_reported_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    python = fake_python(tmp_path / "python", version="3.12", has_venv=False)
    done = run_setup(tmp_path / "clone", PYTHON=python)
    assert "has none: install it" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_missing_network_is_reported_in_one_sentence(tmp_path):
    copy_of_setup(tmp_path / "clone")
    (tmp_path / "clone/requirements.txt").write_text(f"nothing==1 --hash=sha256:{'0' * 64}\n")
    with socket.socket() as closed:  # bound, but nothing listens
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


def test_setup_does_nothing_if_everything_is_installed(tmp_path):
    clone = tmp_path / "clone"
    copy_of_setup(clone)
    (clone / ".venv/bin").mkdir(parents=True)
    fake_python(clone / ".venv/bin/python", version="3.12")
    (clone / ".venv/installed").mkdir()
    shutil.copy(clone / "requirements.txt", clone / ".venv/installed")
    done = run_setup(clone, PYTHON="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("is_interrupted", [True, False])
def test_an_interrupted_setup_starts_again_with_a_new_venv(tmp_path, is_interrupted):
    clone = tmp_path / "clone"
    copy_of_setup(clone)
    (clone / ".venv/bin").mkdir(parents=True)
    fake_python(clone / ".venv/bin/python", version="3.12")
    if is_interrupted:
        (clone / ".venv/unfinished").touch()
    python = fake_python(tmp_path / "python", version="3.12")
    done = run_setup(clone, PYTHON=python)
    assert ("Making .venv/ with Python 3.12" in done.stdout) == is_interrupted
    assert done.returncode == 0


def dry_run(*words: str) -> list[str]:
    """Return the commands that make would run, without the setup."""
    outer = ("ARGS", "MAKEFLAGS", "MAKEOVERRIDES")  # of the make that may run these tests
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *words],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in outer},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.replace(".venv/bin/python -m ", "").splitlines()
    return [line for line in lines if not line.startswith("scripts/")]


def test_make_test_passes_its_arguments_to_pytest_and_runs_nothing_else():
    assert dry_run("test", "ARGS=tests/faces -k 'tilt or roll'") == [
        "pytest tests/faces -k 'tilt or roll'"
    ]


def test_make_test_without_arguments_checks_style_types_coverage_and_browser():
    style, form, types, tests, browser_tests = dry_run("test")
    assert (style, types) == ("ruff check .", "mypy")
    assert form.startswith("ruff format --check")
    assert re.fullmatch(r'pytest -n 2 -m "not browser" --cov --cov-fail-under=9[3-9]', tests)
    assert browser_tests == "pytest -m browser tests/browser"


def test_the_quick_loop_needs_no_browser_no_training_and_no_data_file():
    tests, *_ = dry_run("quick")
    assert tests.startswith('pytest -n 2 -m "not browser and not slow and not data"')


def test_ci_runs_make_test():
    assert (ROOT / ".ci/run").read_text("utf-8").rstrip().endswith("\nmake test")
    assert [path.name for path in (ROOT / ".ci").iterdir()] == ["run"]


def run_browser_check(folder: Path, *, is_ci: bool = False) -> tuple[int, str]:
    """Run `scripts/browser` on a machine whose only programs are those in `folder`."""
    for program in ("bash", "env"):
        (folder / program).symlink_to(shutil.which(program))
    done = subprocess.run(
        [ROOT / "scripts/browser"],
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


def test_an_installed_browser_is_enough(tmp_path):
    write_program(tmp_path / "chromium", "exit 1")
    assert run_browser_check(tmp_path, is_ci=True) == (0, "")


@pytest.mark.parametrize("is_ci", [True, False])
def test_a_missing_browser_is_reported_and_is_a_failure_only_in_ci(tmp_path, is_ci):
    status, message = run_browser_check(tmp_path, is_ci=is_ci)
    assert status == int(is_ci)
    assert message.startswith("Expected Chromium for the browser tests, found none: install it")
    assert message.count("\n") == 1


def test_a_missing_browser_is_installed_for_root(tmp_path):
    write_program(tmp_path / "id", "echo 0")
    link = f"{shutil.which('ln')} -s {shutil.which('true')} {tmp_path}/chromium"
    write_program(tmp_path / "apt-get", f'case "$*" in *install*chromium*) {link} ;; esac')
    assert run_browser_check(tmp_path, is_ci=True) == (0, "")


def test_a_user_without_the_right_to_install_sees_what_to_install(tmp_path):
    write_program(tmp_path / "id", "echo 1000")
    write_program(tmp_path / "apt-get", "exit 100")
    write_program(tmp_path / "sudo", "exit 1")  # a password is needed
    status, message = run_browser_check(tmp_path, is_ci=True)
    assert (status, message.count("\n")) == (1, 1)
