"""Which servers help two machines to find each other: none, unless the environment names some."""

from collections.abc import Mapping
from typing import Final

from fer_core.errors import SettingsError

SERVERS: Final = "CUE_ICE_SERVERS"  # addresses, separated by commas
USERNAME: Final = "CUE_TURN_USERNAME"
CREDENTIAL: Final = "CUE_TURN_CREDENTIAL"
_SCHEMES: Final = ("stun:", "stuns:", "turn:", "turns:")


def ice_servers(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the ICE servers that the environment names, as WebRTC takes them.

    On one machine none is needed, and none is contacted.

    Raises:
        SettingsError: An address has no known scheme, or a TURN server lacks its credentials.

    >>> ice_servers({})
    []
    >>> ice_servers({"CUE_ICE_SERVERS": "stun:example.org:3478"})
    [{'urls': 'stun:example.org:3478'}]
    """
    addresses = [part.strip() for part in environ.get(SERVERS, "").split(",") if part.strip()]
    return [_server(address, environ) for address in addresses]


def _server(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    if not address.startswith(_SCHEMES):
        raise SettingsError(
            f"{SERVERS}: expected addresses such as turn:example.org:3478, got {address[:60]!r}."
        )
    if not address.startswith("turn"):
        return {"urls": address}
    username, credential = environ.get(USERNAME), environ.get(CREDENTIAL)
    if not username or not credential:
        raise SettingsError(
            f"{SERVERS} names the TURN server {address[:60]}, which needs {USERNAME} and "
            f"{CREDENTIAL}; set both."
        )
    return {"urls": address, "username": username, "credential": credential}
