"""The lifecycle table as the screens' buttons and diagrams need it."""

from pydantic import BaseModel

from libs.casework.lifecycle import TABLE, Step
from libs.casework.vocabulary import OPEN, Role, Service, Stage
from libs.stages.names import Name, event_name, stage_name


class StageRow(BaseModel):
    """A stage with its names; `open`: somebody still has to act."""

    stage: Stage
    name: Name
    open: bool


class StepRow(BaseModel):
    """One row of the table. `at`: from which stages (null: no case yet); `to` null: the stage stays.

    `machine` or `person` is awaited then; neither: whoever was awaited still is, unless `to` ends the case.
    """

    event: str
    name: Name
    at: list[Stage | None]
    to: Stage | None
    said_by: list[Service]
    machine: Service | None
    person: Role | None
    commutes: bool


class Lifecycle(BaseModel):
    """All stages and all steps, in the order of a case's life."""

    stages: list[StageRow]
    steps: list[StepRow]


def lifecycle() -> Lifecycle:
    """The table that runs."""
    stages = [StageRow(stage=stage, name=stage_name(stage), open=stage in OPEN) for stage in Stage]
    return Lifecycle(stages=stages, steps=[_row(row) for row in TABLE])


def _row(row: Step) -> StepRow:
    order: list[Stage | None] = [None, *Stage]
    return StepRow(
        event=row.event,
        name=event_name(row.event),
        at=[stage for stage in order if stage in row.at],
        to=row.to,
        said_by=sorted(row.said_by),
        machine=row.awaits.machine if row.awaits else None,
        person=row.awaits.person if row.awaits else None,
        commutes=row.commutes,
    )
