"""The door of a package: each of its names is imported when it is first used.

Nothing is imported here but `sys`, so that `import fer_core` stays fast.
"""

import sys

TYPE_CHECKING = False  # as `typing` has it, without the time that its import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def import_when_used(package: str, module_of: "Mapping[str, str]") -> "Callable[[str], object]":
    """Return the function `__getattr__` of a package, which Python asks for a name that it lacks.

    Args:
        package: Name of the package, its `__name__`.
        module_of: The module of the package that has each name. What the function is asked for
            beside these raises an AttributeError.
    """

    def import_name(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, value)  # the next use finds it at once
        return value

    return import_name
