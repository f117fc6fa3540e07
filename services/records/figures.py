"""HTTP in: how long cases took and where they stand. The ground of a later audit: from snapshots, no exclusions yet."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.casestore.figures import CATEGORY, UNIT, Figures, Span, Took
from libs.casework.vocabulary import Stage
from libs.stages.http import office_of
from libs.stages.names import Directory, Name
from services.records.api import Staff, micros

SECOND = 1_000_000


class Period(BaseModel):
    """Cases closed from and before these instants; `office` for auditors and administrators."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    closed_from: AwareDatetime | None = None
    closed_before: AwareDatetime | None = None
    office: str | None = None


class ClosingTime(BaseModel):
    """Cases of one group: how many, and median and 90th percentile (nearest rank) from report to closing, in seconds."""

    code: str | None
    name: Name | None
    closed: int
    median_s: float
    p90_s: float


class Stats(BaseModel):
    """Closing times over all, by lead unit, by category; how many cases stand at each stage now."""

    office: str | None
    total: ClosingTime | None
    by_unit: list[ClosingTime]
    by_category: list[ClosingTime]
    stages: dict[Stage, int]


@dataclass(frozen=True, slots=True)
class FigureDoor:
    """The endpoint of figures."""

    figures: Figures
    directory: Directory

    def router(self) -> APIRouter:
        """The route, under `/v1`."""
        routes = APIRouter(prefix="/v1", tags=["figures"])
        routes.add_api_route("/stats", self.stats, methods=["GET"], summary="办结时长 · closing times")
        return routes

    async def stats(self, caller: Staff, period: Annotated[Period, Query()]) -> Stats:
        """Closing times of the own office."""
        office = office_of(caller, period.office)
        span = Span(office, micros(period.closed_from), micros(period.closed_before))
        total = await self.figures.closing_times(span)
        units = await self.figures.closing_times(span, UNIT)
        categories = await self.figures.closing_times(span, CATEGORY)
        return Stats(
            office=office,
            total=_shown(total[0], None) if total else None,
            by_unit=[_shown(each, self.directory.unit(each.group)) for each in units],
            by_category=[_shown(each, self.directory.category(each.group)) for each in categories],
            stages=await self.figures.stages(office),
        )


def _shown(took: Took, name: Name | None) -> ClosingTime:
    return ClosingTime(
        code=took.group,
        name=name,
        closed=took.cases,
        median_s=took.median_us / SECOND,
        p90_s=took.p90_us / SECOND,
    )
