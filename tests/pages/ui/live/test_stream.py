"""The servers that help two machines to find each other, from the environment."""

import pytest

from fer_core.errors import SettingsError
from pages.ui.live.stream import ice_servers


def test_by_default_no_server_is_contacted():
    assert ice_servers({}) == []


def test_several_addresses_are_separated_by_commas():
    servers = ice_servers({"CUE_ICE_SERVERS": "stun:a.org, stuns:b.org ,"})
    assert [server["urls"] for server in servers] == ["stun:a.org", "stuns:b.org"]


def test_a_turn_server_gets_its_credentials():
    environ = {
        "CUE_ICE_SERVERS": "turn:a.org",
        "CUE_TURN_USERNAME": "ann",
        "CUE_TURN_CREDENTIAL": "secret",
    }
    assert ice_servers(environ) == [
        {"urls": "turn:a.org", "username": "ann", "credential": "secret"}
    ]


def test_a_turn_server_without_credentials_is_refused():
    with pytest.raises(SettingsError, match="needs CUE_TURN_USERNAME and CUE_TURN_CREDENTIAL"):
        ice_servers({"CUE_ICE_SERVERS": "turn:a.org"})


@pytest.mark.parametrize("address", ["a.org", "https://a.org", "javascript:alert(1)"])
def test_other_schemes_are_refused(address):
    with pytest.raises(SettingsError, match="expected addresses such as"):
        ice_servers({"CUE_ICE_SERVERS": address})
