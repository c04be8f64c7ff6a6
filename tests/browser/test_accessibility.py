"""axe-core finds nothing on the pages, in the light theme and in the dark one."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.tab import settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESSES = (
    "/evaluation?part=All+models",
    "/inside",
    "/inside?part=Heat+maps",
    "/inside?part=Changes",
    "/inside?part=Probes",
    "/dataset",
    "/dataset?tab=People",
)
# Streamlit's upload field has a role and a label that contradict each other; axe calls it minor.
STREAMLITS_OWN = ("presentation-role-conflict", "stFileUploaderDropzone")


def offences(page: Page) -> list[tuple[str, str]]:
    """Return rule and element of each offence."""
    found = [
        (each["id"], node["html"][:300])
        for each in Axe().run(page).response["violations"]
        for node in each["nodes"]
    ]
    rule, element = STREAMLITS_OWN
    return [(name, html) for name, html in found if not (name == rule and element in html)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing(page, address):
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for(timeout=60_000)
    settle(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(500)  # the theme changes without a run
        assert offences(page) == [], theme
