"""Cases planted into the real log by the straight way to a stage, with sealed words and a receipt, as intake would."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended, Claim
from libs.casework.case import Case
from libs.casework.draft import Change, NewCase, Speaker, Whatever
from libs.casework.entry import Actor
from libs.casework.events import ContentRef, Event
from libs.casework.events.dispatch import Noted
from libs.casework.lifecycle import row_of
from libs.casework.samples import example
from libs.casework.vocabulary import Role, Service, Stage
from libs.stages.ports import Ports
from libs.stages.receipts import Receipts, receipt_claim
from tests.support.cases import OFFICE, THE_WAY_TO
from tests.support.street_office import MASTER_KEY

GRID = "140213053902001"
COMPOUND = "140213053902001-01"
WORDS = "围挡破了,电话在下面"
CONTACT = '{"name": "王", "phone": "13900000000"}'
POINT = '{"lon": 113.297, "lat": 40.0827}'


class Garden:
    """Plants cases in one office's database."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

    async def a_case_at(
        self, stage: Stage, *more: Event | str, office: str = OFFICE, **classified: Any
    ) -> Case:
        """A case at `stage`, and after `more`; `classified` replaces fields of its classification."""
        case_id = await self._reported(office)
        for step in (*THE_WAY_TO[stage].split()[1:], *more):
            event = example(step) if isinstance(step, str) else step
            if step == "classified":
                event = event.model_copy(update={"compound": COMPOUND, "office": office, **classified})
            await self.say(case_id, event)
        return await self.now(case_id)

    async def say(self, case_id: UUID, *events: Event) -> None:
        """Append events, as the service that may say the first of them."""
        row = row_of(events[0].name())
        assert row is not None
        speaker = Speaker(min(row.said_by), Actor(id="planter", role=Role.CLERK, office=OFFICE))
        done = await self.ports.store.append([Change(case_id, Whatever(), events)], speaker)
        assert isinstance(done, Appended), done

    async def note(self, case_id: UUID, words: str) -> ContentRef:
        """A sealed note on how it goes, as dispatch would keep it."""
        key = (await self.ports.vault.keys([case_id]))[case_id]
        ref, stored = key.seal("note", uuid7(), words.encode())
        change = Change(case_id, Whatever(), (Noted(words=ref),))
        speaker = Speaker(Service.DISPATCH, Actor(id="planter", role=Role.CLERK, office=OFFICE))
        done = await self.ports.store.append([change], speaker, contents=[stored])
        assert isinstance(done, Appended), done
        return ref

    async def now(self, case_id: UUID) -> Case:
        return (await self.ports.store.load([case_id]))[case_id]

    async def log(self, case_id: UUID) -> list[str]:
        return [sealed.entry.type for sealed in await self.ports.store.log(case_id)]

    async def last(self, case_id: UUID) -> Any:
        """What was said last."""
        return (await self.ports.store.log(case_id))[-1].entry.data

    async def _reported(self, office: str) -> UUID:
        case_id = uuid7()
        key = self.ports.vault.new_key(case_id)
        kept = (("text", WORDS), ("contact", CONTACT), ("point", POINT))
        sealed = [key.seal(kind, uuid7(), text.encode()) for kind, text in kept]
        said = {"number": f"YB-{case_id.hex[-8:]}", "contents": tuple(ref for ref, _ in sealed)}
        event = example("reported").model_copy(update=said)
        speaker = Speaker(min(row_of("reported.v1").said_by), Actor(id="r-1", role=Role.RESIDENT))  # type: ignore[union-attr]
        append = Append(
            (Change(case_id, NewCase(office), (event,)),),
            speaker,
            contents=[stored for _, stored in sealed],
            case_keys=[key.wrapped],
            claims=[Claim(receipt_claim(receipt_of(case_id)), case_id)],
        )
        (done,) = await self.ports.store.append_many([append])
        assert isinstance(done, Appended), done
        return case_id


def receipt_of(case_id: UUID) -> str:
    """The receipt code that intake would have given out."""
    return Receipts(MASTER_KEY).code_of(case_id)


async def post(
    client: httpx.AsyncClient, case: Case, command: str, who: dict[str, str], /, key: str = "k", **body: Any
) -> httpx.Response:
    """Give a command over HTTP; `key` counts within the case."""
    headers = {"Idempotency-Key": f"{case.id}/{key}", **who}
    return await client.post(f"/v1/cases/{case.id}/{command}", json=body, headers=headers)


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return [each.status_code for each in answers]
