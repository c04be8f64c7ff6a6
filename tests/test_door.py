import sys
import types

import pytest

from fer_core.door import import_when_used


@pytest.fixture
def package(monkeypatch):
    """Return a made-up package whose one module has one name."""
    package = types.ModuleType("made_up")
    module = types.ModuleType("made_up.parts")
    module.answer = object()
    package.__getattr__ = import_when_used("made_up", {"answer": "parts", "lost": "parts"})
    monkeypatch.setitem(sys.modules, "made_up", package)
    monkeypatch.setitem(sys.modules, "made_up.parts", module)
    return package


def test_a_name_is_imported_from_its_module_and_then_belongs_to_the_package(package):
    assert "answer" not in vars(package)
    assert package.answer is sys.modules["made_up.parts"].answer
    assert vars(package)["answer"] is package.answer


@pytest.mark.parametrize("name", ["reed", "lost"])
def test_a_name_that_is_not_there_is_an_attribute_error(package, name):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
        getattr(package, name)
