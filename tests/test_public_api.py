"""The door: what `import fer_core` offers, how fast it opens, and that nothing shuts it."""

import ast
import importlib
import inspect
import os
import pkgutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fer_core

ROOT = Path(__file__).parents[1]
NAMES = [
    "Box",
    "Expression",
    "Face",
    "FacePipeline",
    "FerError",
    "FrameResult",
    "ImageError",
    "ModelError",
    "PORTRAIT_PATH",
    "Person",
    "VideoPipeline",
    "__version__",
    "annotate",
    "load_pipeline",
    "read",
    "read_image",
]


def test_the_package_offers_exactly_these_names():
    assert sorted(fer_core.__all__) == NAMES
    assert dir(fer_core) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_can_be_imported_and_is_documented(name):
    value = getattr(fer_core, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__name__ == name
        assert inspect.getdoc(value)
    else:
        assert isinstance(value, (str, Path))


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'fer_core' has no attribute 'reed'"):
        _ = fer_core.reed


def test_type_checkers_see_the_names_that_the_package_imports_lazily():
    tree = ast.parse(Path(fer_core.__file__).read_text("utf-8"))
    (branch,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {name: f"fer_core.{module}" for name, module in fer_core._MODULE_OF.items()}
    assert sorted([*seen, "__version__"]) == NAMES


def test_no_module_has_the_name_of_something_in_the_door():
    # importing such a module would put it in the place of the function or class
    modules = {module.name for module in pkgutil.iter_modules(fer_core.__path__)}
    assert modules & set(NAMES) == set()


def test_the_door_gives_the_same_objects_as_the_modules():
    for name, module in fer_core._MODULE_OF.items():
        own = getattr(importlib.import_module(f"fer_core.{module}"), name)
        assert getattr(fer_core, name) is own


def seconds(code: str) -> float:
    """Return how long a fresh interpreter takes; without `site`, which imports at random."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, check=True, env=os.environ)
    return time.perf_counter() - start


def test_the_import_takes_less_than_50_ms():
    rounds = [(seconds("import fer_core"), seconds("pass")) for _ in range(7)]
    assert statistics.median(loaded - bare for loaded, bare in rounds) < 0.050


def test_the_package_tells_type_checkers_that_it_has_types():
    assert Path(fer_core.__file__).with_name("py.typed").is_file()
