"""By what a reporter is known again without anybody keeping it: keyed fingerprints of phone, network address, publisher."""

import hmac
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

_LABEL = b"banjie blocklist v1"
_NOT_DIGITS = re.compile(r"\D")
_CHINA = re.compile(r"^(?:00)?86(?=1\d{10}$)")

NOWHERE = "unknown"
"""The network address of all who come without one: nobody is blocked or slowed down by it."""


class Mark(StrEnum):
    """What of a reporter is looked at."""

    CONTACT = "contact"
    ADDRESS = "address"
    PUBLISHER = "publisher"


Marks = Mapping[Mark, str]
"""What is known of a reporter: the phone number, the network address, the publisher's name."""


class Fingerprints:
    """Makes them; the key comes from the master key, so that every copy makes the same and nobody else can."""

    def __init__(self, master_key: bytes) -> None:
        self._key = hmac.digest(master_key, _LABEL, "sha256")

    def of(self, mark: Mark, value: str) -> str:
        """HMAC-SHA-256 in hex over the value in its plain form."""
        plain = _PLAIN[mark](value)
        return hmac.new(self._key, f"{mark}:{plain}".encode(), sha256).hexdigest()


def plain_phone(phone: str) -> str:
    """The digits alone, without the prefix of China before a mobile number."""
    return _CHINA.sub("", _NOT_DIGITS.sub("", phone))


def plain_address(address: str) -> str:
    """A network address as one household has it: of IPv6 the first 64 bits, the rest changes by the hour."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))


_PLAIN: Mapping[Mark, Callable[[str], str]] = {
    Mark.CONTACT: plain_phone,
    Mark.ADDRESS: plain_address,
    Mark.PUBLISHER: str,
}
