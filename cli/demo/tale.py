"""A story on its way: each step of the script is done at the real doors, and told when it has come about."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cli.demo.following import AUDITOR, Following
from cli.demo.http_door import HttpDoor, Stuck
from cli.demo.kafka_door import Cloud, KafkaDoor
from cli.demo.pictures import photo
from cli.demo.script import (
    AWAIT,
    COMMANDS,
    OVERHEAR,
    RATE,
    REFUSED,
    RELAY,
    REPORT,
    SPEAKERS,
    TRACK,
    Script,
    Step,
    Story,
    door_of,
    stage_names,
)
from libs.casework.topics import REJECTED, Door
from libs.casework.vocabulary import Stage

SUBMITTED = "banjie.report.submitted.v1"
HIDDEN = frozenset({"category", "grid", "community", "compound", "lead", "helpers"})
"""What `banjie.cases` never tells of a private case."""
Facts = dict[str, str]


class Teller(Protocol):
    """Who tells what has happened."""

    def begin(self, story: Story) -> None:
        """A story begins."""

    def step(self, step: Step, service: str, facts: Facts) -> None:
        """A step has come about; `service` said it, `facts` fill its text."""


@dataclass
class Doors:
    """The ways in: HTTP for people, Kafka for each system by its name in the script."""

    http: HttpDoor
    kafka: Mapping[str, KafkaDoor]


@dataclass
class OnItsWay:
    """A case of the story; `seen` is the seq of the last event that was awaited."""

    case_id: str
    facts: Facts
    seen: int = 1


@dataclass
class Tale:
    """One story, told once. `run` is part of every key, so that the next run makes new cases."""

    story: Story
    script: Script
    doors: Doors
    follow: Following
    teller: Teller
    run: str
    cases: dict[str, OnItsWay] = field(default_factory=dict)

    async def tell(self) -> None:
        """All steps in their order. Raises `Stuck` with a line that names the story and where its case stands."""
        self.teller.begin(self.story)
        for number, step in enumerate(self.story.steps, 1):
            try:
                service, facts = await self._do(step, f"{self.run}-{self.story.number}-{number}")
            except Stuck as stuck:
                where = await self._where(step)
                raise Stuck(f"{self.story.title}: {step.do} {where}: {stuck}") from None
            self.teller.step(step, service, facts)
        await self._all_closed()

    async def _all_closed(self) -> None:
        for name, case in self.cases.items():
            stage = await self._stage(case)
            if stage is not Stage.CLOSED:
                raise Stuck(f"{self.story.title}: {name} is not closed: {_at(case, stage)}")

    async def _do(self, step: Step, key: str) -> tuple[str, Facts]:
        """Do it to every case whose step it is; who said it, and the facts of the first."""
        names = step.on(self.story.main)
        done = await asyncio.gather(*(self._one(step, name, f"{key}-{name}") for name in names))
        return done[0]

    async def _one(self, step: Step, name: str, key: str) -> tuple[str, Facts]:
        act = self._act(step)
        facts = await act(step, name, key)
        service = facts.pop("said_by", "") or SPEAKERS.get(step.do, RELAY)
        return service, self.cases[name].facts | facts if name in self.cases else facts

    def _act(self, step: Step) -> Callable[[Step, str, str], Awaitable[Facts]]:
        if step.do in COMMANDS:
            return self._command
        return {
            REPORT: self._report,
            AWAIT: self._await,
            TRACK: self._track,
            REFUSED: self._refused,
            OVERHEAR: self._overhear,
        }[step.do]

    async def _report(self, step: Step, name: str, key: str) -> Facts:
        if step.by and step.by in self.doors.kafka:
            told = await self._message(step.by, Door.REPORTS, SUBMITTED, key, step.body)
            facts = {"number": told["number"]}
            self.cases[name] = OnItsWay(told["case"], facts)
        else:
            pictures = [("photo", (f"{scene}.jpg", photo(scene), "image/jpeg")) for scene in step.photos]
            report = ("report", (None, json.dumps(step.body), "application/json"))
            content: dict[str, Any] = {"files": [report, *pictures]} if pictures else {"json": step.body}
            told = await self.doors.http.post("/intake/v1/reports", step.by, key, **content)
            facts = {"number": told["number"], "receipt": told["receipt"]}
            self.cases[name] = OnItsWay(told["case_id"], facts)
        return {}

    async def _command(self, step: Step, name: str, key: str) -> Facts:
        case = self.cases[name]
        if step.by and step.by in self.doors.kafka:
            kind = door_of(step.do)
            await self._message(step.by, kind, f"banjie.{kind}.{step.do}.v1", key, step.body, case.case_id)
        elif step.do == RATE and step.by and not self.script.people[step.by].roles:
            wish = step.body | {"receipt": case.facts["receipt"]}
            await self.doors.http.post("/closure/v1/ratings", None, key, json=wish)
        else:
            shown = await self._uploaded(step, case, key)
            path = f"/{COMMANDS[step.do]}/v1/cases/{case.case_id}/{step.do}"
            await self.doors.http.post(path, step.by, key, json=step.body | shown)
        return {}

    async def _uploaded(self, step: Step, case: OnItsWay, key: str) -> dict[str, Any]:
        path, photos = f"/records/v1/cases/{case.case_id}/photos", []
        for number, scene in enumerate(step.photos, 1):
            stored = await self.doors.http.post(path, step.by, f"{key}-photo-{number}", content=photo(scene))
            photos.append(stored["photo_id"])
        return {"evidence": photos} if photos else {}

    async def _await(self, step: Step, name: str, key: str) -> Facts:
        case = self.cases[name]
        entry = await self.follow.until(case.case_id, f"{step.until}.v1", case.seen)
        case.seen = entry["seq"]
        case.facts |= await self.follow.names(case.case_id)
        return {"said_by": entry["said_by"]}

    async def _track(self, step: Step, name: str, key: str) -> Facts:
        receipt = {"Receipt-Code": self.cases[name].facts["receipt"]}
        told = await self.doors.http.get("/intake/v1/track", None, receipt)
        return {"shown": stage_names(told["stages"])}

    async def _refused(self, step: Step, name: str, key: str) -> Facts:
        assert step.by
        cloud = _cloud(step.by, SUBMITTED, key, step.body)
        told = await self.doors.kafka[step.by].refusal(Door.REPORTS, cloud)
        shown = {name: told[name] for name in ("code", "field", "detail")}
        return {"topic": told["topic"] + REJECTED, "shown": _as_json(shown)}

    async def _overhear(self, step: Step, name: str, key: str) -> Facts:
        assert step.by
        news = await self.doors.kafka[step.by].heard(self.cases[name].case_id, step.body["until"])
        seen = {field for cloud in news for field in cloud["data"]}
        if seen & HIDDEN:
            raise Stuck(f"banjie.cases shows {sorted(seen & HIDDEN)} of a case that is not public")
        return {"count": str(len(news)), "shown": _as_json(_exhibit(news, step.body["show"]))}

    async def _message(
        self, by: str, kind: Door, type_: str, key: str, body: dict[str, Any], subject: str | None = None
    ) -> Cloud:
        cloud = _cloud(by, type_, key, body) | ({"subject": subject} if subject else {})
        told = await self.doors.kafka[by].send(kind, cloud)
        if "code" in told:
            raise Stuck(f"{type_} was refused: {told['detail']}")
        return told

    async def _where(self, step: Step) -> str:
        """At which stage the cases of a failed step stand, as far as anybody answers."""
        on = [self.cases[name] for name in step.on(self.story.main) if name in self.cases]
        stages = [_at(case, await self._stage(case)) for case in on]
        return f"at {', '.join(stages)}" if stages else "before there is a case"

    async def _stage(self, case: OnItsWay) -> Stage | None:
        """None when nobody answers."""
        try:
            return Stage((await self.doors.http.get(f"/records/v1/cases/{case.case_id}", AUDITOR))["stage"])
        except Stuck:
            return None


def _at(case: OnItsWay, stage: Stage | None) -> str:
    return f"{stage.zh} {stage} ({case.facts['number']})" if stage else f"{case.facts['number']} (no answer)"


def _exhibit(news: list[Cloud], event: str) -> Cloud:
    shown = next(cloud for cloud in news if cloud["type"] == f"banjie.case.{event}.v1")
    return {name: shown[name] for name in ("type", "subject", "sequence", "data")}


def _as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _cloud(by: str, type_: str, key: str, data: dict[str, Any]) -> Cloud:
    return {"specversion": "1.0", "id": key, "source": f"/demo/{by}", "type": type_, "data": data}
