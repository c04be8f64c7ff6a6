"""The shape of the code, in executable form: who may import whom, who owns which library, how long.

Each rule takes the sources of a tree, `{path: source}`, and returns one sentence per offence; the
repository must give none, and a small offending tree must give one.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From top to bottom; a module imports only from floors above its own, and from its own package.
FLOORS = (
    ("door",),
    ("errors", "labels", "geometry", "progress", "priority"),
    ("records", "notebook", "files", "weights"),
    ("results", "image", "frames", "regions", "litert", "onnx"),
    ("faces", "expression", "body", "tracking"),
    ("pipeline",),
    ("metrics",),
    ("data", "drawing", "export"),
    ("batch", "evaluate"),
    ("explain",),
    ("train", "release", "figures"),
    ("cli",),
    ("__main__",),
)
FLOOR_OF = {part: depth for depth, floor in enumerate(FLOORS) for part in floor}

# The owners of a library or package; a name stands for the file and for the folder of that name.
APP = ("app", "pages")
OWNERS = {
    "streamlit": APP,
    "streamlit_webrtc": APP,
    "aiortc": APP,
    "pages": APP,
    "app": (),
    "av": ("pages",),
    "cv2": ("fer_core",),
    "plotly": ("fer_core/figures",),
    "tensorflow": ("fer_core/train", "fer_core/explain"),
    "keras": ("fer_core/train", "fer_core/explain"),
    "torch": ("fer_core/train",),
}
NEVER_IN_THE_SERVER = {"tensorflow", "keras"}  # they stall every live video
HEAVY = {"cv2", "tensorflow", "keras", "streamlit", "plotly", "sklearn", "pandas", "av", "pydantic"}
SAYS_NOTHING = {"utils", "helpers", "common", "misc"}
NOTES_TO_SELF = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def read_tree(root: Path) -> dict[str, str]:
    folders = (root / name for name in ("fer_core", "pages", "tests"))
    paths = [*root.glob("app.py"), *(path for folder in folders for path in folder.rglob("*.py"))]
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(paths)}


def product(tree: dict[str, str]) -> dict[str, str]:
    return {path: source for path, source in tree.items() if not path.startswith("tests/")}


def is_within(path: str, owner: str) -> bool:
    return path == f"{owner}.py" or path.startswith(f"{owner}/")


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted name of each import, wherever in the file it stands."""
    package = path.split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parts = [*base, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*parts, alias.name])) for alias in node.names)


def is_door(name: str) -> bool:
    """Return whether an import names `fer_core` itself or one of the names that it hands out."""
    parts = name.split(".")
    return parts[0] == "fer_core" and (len(parts) == 1 or parts[1] not in FLOOR_OF)


def floor_offences(tree: dict[str, str]) -> list[str]:
    offences = []
    core = {path: source for path, source in tree.items() if path.startswith("fer_core/")}
    for path, source in core.items():
        own = path.split("/")[1].removesuffix(".py")
        if own == "__init__":
            continue
        if own not in FLOOR_OF:
            offences.append(f"{path}: no floor is given for {own}, put it into FLOORS")
            continue
        for line, name in imports_of(path, source):
            if is_door(name):
                offences.append(f"{path}:{line}: {own} imports the door {name}; name its module")
                continue
            other = name.split(".")[1] if name.startswith("fer_core.") else own
            if other != own and FLOOR_OF.get(other, -1) >= FLOOR_OF[own]:
                offences.append(f"{path}:{line}: {own} imports {other}, which is not above it")
    return offences


def owner_offences(tree: dict[str, str]) -> list[str]:
    return [
        f"{path}:{line}: {library} belongs to {', '.join(OWNERS[library]) or 'nobody'}"
        for path, source in product(tree).items()
        for line, name in imports_of(path, source)
        if (library := name.split(".")[0]) in OWNERS
        and not any(is_within(path, owner) for owner in OWNERS[library])
    ]


def reachable_from_pages(tree: dict[str, str]) -> dict[str, str]:
    """Return the modules that the server process can come to import: path of each by its name."""
    path_of = {module_name(path): path for path in product(tree)}
    waiting = [name for name, path in path_of.items() if is_within(path, "pages") or name == "app"]
    reached: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name in reached or name not in path_of:
            continue
        reached[name] = path_of[name]
        for _, target in imports_of(path_of[name], tree[path_of[name]]):
            parts = target.split(".")  # importing a.b.c imports a and a.b too
            waiting += [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return reached


def server_offences(tree: dict[str, str]) -> list[str]:
    return [
        f"{path}:{line}: the pages reach this import of {library}: leave it to a worker process"
        for path in reachable_from_pages(tree).values()
        for line, name in imports_of(path, tree[path])
        if (library := name.split(".")[0]) in NEVER_IN_THE_SERVER
    ]


def size_offences(tree: dict[str, str]) -> list[str]:
    offences = []
    for path, source in tree.items():
        is_page = path.startswith("pages/") and path.count("/") == 1
        limit = 99 if is_page else 400
        n_lines = len(source.splitlines())
        if n_lines > limit:
            offences.append(f"{path}: {n_lines} lines, at most {limit}")
    return offences


def name_offences(tree: dict[str, str]) -> list[str]:
    return [
        f"{path}: the name {part} does not say what is in it"
        for path in tree
        for part in path.removesuffix(".py").split("/")
        if part in SAYS_NOTHING
    ]


def print_offences(tree: dict[str, str]) -> list[str]:
    return [
        f"{path}:{node.lineno}: print belongs to the command line"
        for path, source in product(tree).items()
        if not is_within(path, "fer_core/cli")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def note_offences(tree: dict[str, str]) -> list[str]:
    return [
        f"{path}:{number}: a note to oneself"
        for path, source in tree.items()
        for number, text in enumerate(source.splitlines(), start=1)
        if NOTES_TO_SELF.search(text)
    ]


RULES = (
    floor_offences,
    owner_offences,
    server_offences,
    size_offences,
    name_offences,
    print_offences,
    note_offences,
)


@pytest.fixture(scope="module")
def tree():
    return read_tree(ROOT)


def loaded_modules(statements: str) -> set[str]:
    """Return the top-level names a fresh interpreter has imported after `statements`."""
    code = f"{statements}\nimport sys\nsys.stdout.write(' '.join(sys.modules))"
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert process.returncode == 0, process.stderr
    return {name.split(".")[0] for name in process.stdout.split()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_repository_keeps_each_rule(rule, tree):
    assert rule(tree) == []


def test_the_rules_look_at_the_real_files(tree):
    assert {"fer_core/labels.py", "tests/test_architecture.py"} <= tree.keys()


def test_the_drawing_in_the_documentation_shows_the_same_floors(tree):
    drawing = (ROOT / "docs/architecture.md").read_text("utf-8").split("fer_core/__init__")[1]
    drawn = [
        tuple(re.findall(r"(?<= )(\w+)/?(?=  )", line))
        for line in drawing.split("\n\n")[0].splitlines()[1:]
    ]
    existing = {
        path.split("/")[1].removesuffix(".py") for path in tree if path.startswith("fer_core/")
    }
    floors = [tuple(name for name in floor if name in existing) for floor in FLOORS]
    assert drawn == [*floors[:-2], (*floors[-2], *floors[-1])]


def test_importing_the_package_loads_no_heavy_library():
    assert loaded_modules("import fer_core") & HEAVY == set()


def test_nothing_the_pages_import_loads_tensorflow_or_keras(tree):
    reached = reachable_from_pages(tree)
    scripts = {name for name, path in reached.items() if path == "app.py" or path.count("/") == 1}
    ours = {name for name in reached if name.startswith(("fer_core", "pages.ui"))}
    theirs = {
        target.split(".")[0]
        for name in scripts  # a script would run when imported; what it imports is imported instead
        for _, target in imports_of(reached[name], tree[reached[name]])
    }
    statements = "\n".join(
        f"import {name}" for name in sorted(ours | theirs - {"fer_core", "pages"})
    )
    assert loaded_modules(statements) & NEVER_IN_THE_SERVER == set()


@pytest.mark.parametrize(
    ("rule", "path", "source", "message"),
    [
        (floor_offences, "fer_core/labels.py", "import fer_core.results", "labels imports results"),
        (floor_offences, "fer_core/image.py", "from fer_core import pipeline", "image imports pi"),
        (
            floor_offences,
            "fer_core/faces/haar.py",
            "from ..tracking import memory",
            "faces imports tracking",
        ),
        (
            floor_offences,
            "fer_core/errors.py",
            "from .labels import WORDS",
            "errors imports labels",
        ),
        (
            floor_offences,
            "fer_core/data/a.py",
            "def f():\n    import fer_core.export",
            "a.py:2: data",
        ),
        (floor_offences, "fer_core/stray.py", "", "no floor is given for stray"),
        (
            floor_offences,
            "fer_core/faces/haar.py",
            "from fer_core import load_pipeline",
            "faces imports the door fer_core.load_pipeline",
        ),
        (floor_offences, "fer_core/image.py", "import fer_core", "image imports the door fer_core"),
        (owner_offences, "fer_core/image.py", "import streamlit as st", "streamlit belongs to app"),
        (owner_offences, "fer_core/timeline.py", "import plotly.express", "plotly belongs to fer_"),
        (
            owner_offences,
            "fer_core/drawing.py",
            "import av",
            "av belongs to pages",
        ),
        (
            owner_offences,
            "fer_core/evaluate/a.py",
            "from keras import ops",
            "keras belongs to fer_",
        ),
        (owner_offences, "fer_core/batch.py", "from pages.ui import cards", "pages belongs to app"),
        (owner_offences, "pages/live.py", "import cv2", "cv2 belongs to fer_core"),
        (
            server_offences,
            "pages/inside.py",
            "def f():\n    import tensorflow",
            "inside.py:2: the p",
        ),
        (size_offences, "pages/live.py", "x = 1\n" * 100, "100 lines, at most 99"),
        (size_offences, "fer_core/image.py", "x = 1\n" * 401, "401 lines, at most 400"),
        (name_offences, "fer_core/data/utils.py", "", "utils does not say"),
        (print_offences, "fer_core/image.py", "print(1)", "image.py:1: print"),
        (note_offences, "app.py", "x = 1\n# TO" + "DO: more", "app.py:2: a note"),
    ],
)
def test_an_offence_is_reported(rule, path, source, message):
    (offence,) = rule({path: source})
    assert message in offence


def test_an_import_of_tensorflow_is_found_three_files_away_from_a_page():
    sources = {
        "app.py": "import fer_core.batch",
        "pages/ui/work.py": "",
        "fer_core/__init__.py": "",
        "fer_core/batch.py": "from fer_core.explain import heat",
        "fer_core/explain/__init__.py": "",
        "fer_core/explain/heat.py": "from . import layers",
        "fer_core/explain/layers.py": "from tensorflow import GradientTape",
        "fer_core/train/loop.py": "import keras",
    }
    (offence,) = server_offences(sources)
    assert offence.startswith("fer_core/explain/layers.py:1")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("fer_core/pipeline/photo.py", "from fer_core.faces import haar\nimport fer_core.labels"),
        ("fer_core/faces/haar.py", "from fer_core.faces.crop import upright\nfrom . import detect"),
        ("fer_core/__main__.py", "from fer_core.cli import main\nprint = main"),
        ("fer_core/cli/analyze.py", "print(1)"),
        ("fer_core/figures.py", "import plotly.graph_objects as go"),
        ("fer_core/train/loop.py", "import keras"),
        ("pages/live.py", "import streamlit as st\nfrom pages.ui import live"),
        ("pages/ui/live.py", "import av\nx = 1\n" * 150),
        ("tests/test_app.py", "import streamlit, cv2\nprint(1)"),
    ],
)
def test_what_is_allowed_is_not_reported(path, source):
    assert [offence for rule in RULES for offence in rule({path: source})] == []
