"""Neither the browser nor the server contacts another machine."""

import ipaddress
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.tab import start

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADINGS = {
    "live": "Live",
    "photos": "Photos",
    "dataset": "Dataset",
    "evaluation": "Evaluation",
    "inside": "Inside the model",
}


def is_this_machine(host: str, own_addresses: set[str]) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback or host in own_addresses


def own_addresses() -> set[str]:
    return {
        address.address for addresses in psutil.net_if_addrs().values() for address in addresses
    }


def test_no_page_and_no_stream_contacts_another_host(page, server):
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.url))
    page.on("websocket", lambda socket: requests.append(socket.url))
    addresses: set[str] = set()
    for name, heading in HEADINGS.items():
        page.goto(f"/{name}")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        page.wait_for_timeout(1000)
        addresses |= server.remote_addresses()
    start(page)
    for _ in range(20):
        page.wait_for_timeout(100)
        addresses |= server.remote_addresses()
    hosts = {urlsplit(url).hostname for url in requests if not url.startswith(("data:", "blob:"))}
    assert "localhost" in hosts, "No request was seen at all."
    assert addresses, "No socket of the server was seen at all."
    here = own_addresses()
    assert {host for host in hosts if not is_this_machine(host, here)} == set()
    assert {host for host in addresses if not is_this_machine(host, here)} == set()


def test_a_first_visit_to_the_address_of_a_page_shows_the_whole_app(fresh_server, browser):
    page = browser.new_context(base_url=fresh_server.url).new_page()
    page.goto("/photos")
    expect(page.get_by_role("heading", name="Photos", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="Evaluation")).to_be_visible()
    assert page.url.endswith("/photos")
    page.context.close()
