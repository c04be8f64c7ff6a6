"""axe-core finds nothing on the pages, in the light theme and in the dark one."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.tab import settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVALUATION = ("All+models",)
ADDRESSES = tuple(f"/evaluation?part={part}" for part in EVALUATION)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing(browser, server, address, theme):
    context = browser.new_context(base_url=server.url, color_scheme=theme)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []
