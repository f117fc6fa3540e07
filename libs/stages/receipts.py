"""Receipt codes: what a resident keeps to follow a report, to add to it, to rate it. Whoever has the code may act on it.

`XXXX-XXXX-XXXX-C`: 60 bits of an HMAC over the case id in Crockford's Base32 (no I, L, O, U) and a check character over
GF(32) that finds every mistyped character and every swap of two. Only the code's digest is stored (a claim).
"""

import hmac
import unicodedata
from functools import reduce
from hashlib import sha256
from uuid import UUID

from libs.casework.refusal import Refusal, Why

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_LABEL = b"banjie receipt codes v1"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "_": None, "\u2014": None})
_POLYNOMIAL = 0b100101


class Receipts:
    """Makes the codes; the key comes from the master key, so that every service makes the same."""

    def __init__(self, master_key: bytes) -> None:
        self._key = hmac.digest(master_key, _LABEL, "sha256")

    def code_of(self, case_id: UUID) -> str:
        """The case's receipt code as it is shown: `XXXX-XXXX-XXXX-C`."""
        bits = int.from_bytes(hmac.digest(self._key, case_id.bytes, "sha256")[:8], "big")
        return shown("".join(ALPHABET[bits >> (5 * place) & 31] for place in range(LENGTH)))


def shown(twelve: str) -> str:
    """Twelve characters with their check character, in groups of four."""
    return f"{twelve[:4]}-{twelve[4:8]}-{twelve[8:]}-{_check_character(twelve)}"


def read_code(typed: str) -> str | Refusal:
    """The code in what somebody typed or heard (any case, O for 0, I or L for 1, dashes or none), or what is wrong."""
    plain = unicodedata.normalize("NFKC", typed[:64]).upper().translate(_READ_AS)
    if len(plain) != LENGTH + 1 or not _VALUE.keys() >= set(plain):
        detail = "a receipt code has 13 letters and digits, without U: XXXX-XXXX-XXXX-C"
        return Refusal(Why.INVALID, detail, attempted="track", field="code")
    if _check_character(plain[:LENGTH]) != plain[LENGTH]:
        detail = "a character of the receipt code is mistyped or two are swapped"
        return Refusal(Why.INVALID, detail, attempted="track", field="code")
    return shown(plain[:LENGTH])


def receipt_claim(code: str) -> str:
    """The claim's id under which a code, as `code_of` or `read_code` gave it, is found again."""
    return "receipt:" + sha256(code.encode()).hexdigest()


def _times(left: int, right: int) -> int:
    product = 0
    for bit in range(5):
        product ^= (left << bit) if right >> bit & 1 else 0
    for bit in range(9, 4, -1):
        product ^= (_POLYNOMIAL << (bit - 5)) if product >> bit & 1 else 0
    return product


# A weight of its own for each place: so a swap of any two different characters changes the sum.
_WEIGHTS = [reduce(_times, [2] * place, 1) for place in range(1, LENGTH + 1)]
_WEIGHED = [[_times(weight, value) for value in range(32)] for weight in _WEIGHTS]


def _check_character(twelve: str) -> str:
    total = 0
    for weighed, character in zip(_WEIGHED, twelve, strict=True):
        total ^= weighed[_VALUE[character]]
    return ALPHABET[total]
