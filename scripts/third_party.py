"""Write the table of packages and licences into docs/third-party.md: `make notices`.

The licences come from the metadata of the installed packages that requirements.txt names.
"""

import re
from importlib.metadata import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "third-party.md"
MARKS: Final = ("<!-- packages: written by `make notices` -->", "<!-- end of packages -->")
_PIN: Final = re.compile(r"^([a-z0-9.-]+)==[^ ]+(?: ; ([^\\]+?))? \\$", re.MULTILINE)
_ELSEWHERE: Final = {"colorama": "BSD-3-Clause"}  # installed on Windows only
_FROM_LICENCE_FILE: Final = {"cleanlab": "Apache-2.0", "namex": "Apache-2.0"}  # no name in metadata
_SPDX: Final = {  # how packages without a licence expression name their licence
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC License": "ISC",
    "MIT License": "MIT",
}


def main() -> None:
    """Write the table."""
    before, rest = PAGE.read_text("utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    PAGE.write_text(f"{before}{MARKS[0]}\n{packages_table()}\n{MARKS[1]}{after}", "utf-8")


def packages_table() -> str:
    """Return the packages of requirements.txt with their licences as a Markdown table."""
    names = sorted({name for name, _ in _PIN.findall((ROOT / "requirements.txt").read_text())})
    rows = [f"| {name} | {licence_of(name)} |" for name in names]
    return "\n".join(("| package | licence |", "|---|---|", *rows))


def licence_of(package: str) -> str:
    """Return the licence of a package as an SPDX expression, else in the package's own words.

    Raises:
        PackageNotFoundError: The package is not installed.
    """
    if package in _ELSEWHERE:
        return _ELSEWHERE[package]
    fields = metadata(package)
    stated = fields.get("License-Expression") or fields.get("License") or ""
    if not stated or "Copyright" in stated:  # none, or the whole text of the licence
        classifiers = fields.get_all("Classifier") or []
        stated = next((line for line in classifiers if line.startswith("License ::")), "")
        stated = stated.rsplit(" :: ", maxsplit=1)[-1] or _FROM_LICENCE_FILE[package]
    return _SPDX.get(stated, stated)


if __name__ == "__main__":
    main()
