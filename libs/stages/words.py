"""Words that people and other systems write: what is cleaned out of them before they are kept."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

# Controls except tab and line feed, lone surrogates, noncharacters, and the marks that turn the reading direction: they
# hide text from the reader or break other programs. Joiners stay, emoji and some scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def cleaned(text: str) -> str:
    """`text` in NFC without control characters and hidden marks, trimmed; line ends become `\n`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub("", unicodedata.normalize("NFC", lines)).strip()


Words = Annotated[str, AfterValidator(cleaned), Field(min_length=1, max_length=2000)]
"""What somebody says: 1 to 2,000 characters once cleaned."""

Line = Annotated[str, AfterValidator(cleaned), Field(min_length=1, max_length=200)]
"""A short text such as an address: 1 to 200 characters once cleaned."""
