"""How intake takes reports, as `data/intake.yaml` holds it: abuse limits, reasons of blocks, what contacts are kept for."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.reasons import Reason

Rate = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}/(minute|hour|day)$")]


class Policy(BaseModel):
    """`reports_of_*`: what nobody with an account may send from one address, or with one phone number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    reports_of_address: Rate
    reports_of_phone: Rate
    longest_block_days: Annotated[int, Field(ge=1, le=3660)]
    consents: Annotated[tuple[Reason, ...], Field(min_length=1)]
    block_reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]

    @property
    def consent_codes(self) -> tuple[str, ...]:
        """What a contact may be kept for."""
        return tuple(each.code for each in self.consents)


def parse_policy(data: Mapping[str, Any]) -> Policy:
    """The policy in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Policy.model_validate(data)
