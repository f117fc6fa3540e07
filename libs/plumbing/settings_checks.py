"""What makes a setting right. Each check returns the value or raises `ValueError` with the reason."""

import base64
import binascii
import json
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limits import parse
from pydantic import SecretStr


def uri_without_credentials(uri: str) -> str:
    """A MongoDB address; a user or password in it would end up in process lists and logs."""
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("must start with mongodb:// or mongodb+srv://")
    if "@" in urlsplit(uri).netloc:
        raise ValueError("must not contain a user or password; use mongo_user and the file mongo_password")
    return uri


def master_key_of_32_bytes(value: SecretStr) -> SecretStr:
    """The key that wraps every case's own key: 32 bytes in base64."""
    try:
        length = len(base64.b64decode(value.get_secret_value().strip(), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if length != 32:
        raise ValueError(f"must be 32 bytes in base64, not {length}")
    return value


def public_key(value: str) -> str:
    """A public Ed25519 key as a JWK; one with its private part is refused."""
    try:
        key = json.loads(value)
    except ValueError:
        raise ValueError("must be a JWK (JSON)") from None
    if not isinstance(key, dict) or key.get("crv") != "Ed25519" or "x" not in key:
        raise ValueError("must be an Ed25519 JWK with crv and x")
    if "d" in key:
        raise ValueError("must be the public key; this one holds the private part")
    return value


def known_zone(name: str) -> str:
    """The name of a time zone, for example Asia/Shanghai."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name!r}") from None
    return name


def rate(value: str) -> str:
    """A rate such as 600/minute."""
    try:
        parse(value)
    except ValueError:
        raise ValueError("must be like 600/minute or 20/second") from None
    return value
