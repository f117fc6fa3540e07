"""Words that people and other systems write: what is cleaned out of them before they are kept."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Controls except tab and line feed, lone surrogates, noncharacters, and the marks that turn the reading direction: they
# hide text from the reader or break other programs. Joiners stay, emoji and some scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def cleaned(text: str) -> str:
    """`text` in NFC without control characters and hidden marks, trimmed; line ends become `\n`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub("", unicodedata.normalize("NFC", lines)).strip()


def _up_to(longest: int) -> Callable[[str], str]:
    def bounded(text: str) -> str:
        if text and len(text) <= longest:
            return text
        said = f"{len(text)} characters" if text else "nothing to read"
        bounds = {"said": said, "min_length": 1, "max_length": longest}
        raise PydanticCustomError(
            "words_length", "{said}; allowed are {min_length} to {max_length} characters", bounds
        )

    return bounded


def _in_schema(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest})


Words = Annotated[str, AfterValidator(cleaned), AfterValidator(_up_to(2000)), _in_schema(2000)]
"""What somebody says: 1 to 2,000 characters once cleaned."""

Line = Annotated[str, AfterValidator(cleaned), AfterValidator(_up_to(200)), _in_schema(200)]
"""A short text such as an address: 1 to 200 characters once cleaned."""
