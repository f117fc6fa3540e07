"""Which case the operator means: its number, or its id."""

from typing import Annotated
from uuid import UUID

import typer

from cli.console import FailedError
from cli.operator import Api

CASES = "/records/v1/cases"
Which = Annotated[str, typer.Argument(metavar="CASE", help="case number or id")]


def case_id(api: Api, case: str) -> str:
    """The id of the case of that number or id. Raises `FailedError` for a number that no case has."""
    try:
        return str(UUID(case))
    except ValueError:
        found = api.get(CASES, number=case.strip().upper())["cases"]
    if not found:
        raise FailedError(f"no case has the number {case}")
    return str(found[0]["case_id"])
