"""The story of one heap of rubbish that two people report: merged by the clerk, cleared, closed, and both see it."""

from typing import Any

import httpx
import pytest

from libs.casework.vocabulary import Service, Stage
from libs.plumbing.limits import RateLimits
from libs.stages import residents
from services.closure.app import CLOSURE
from services.closure.app import build as closure
from services.dispatch.app import DISPATCH
from services.dispatch.app import build as dispatch
from services.intake.app import INTAKE
from services.triage.app import TRIAGE
from services.triage.app import build as triage
from tests.support.planted import statuses
from tests.support.street_office import StreetOffice

HEAP = {"text": "小区门口垃圾成堆没人清运", "place": {"lon": 113.297086, "lat": 40.082726}}
AGAIN = {"text": "门口的垃圾臭死了", "place": {"lon": 113.297086, "lat": 40.082816}}


@pytest.fixture(autouse=True)
def a_fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residents, "tries", RateLimits("600/minute", "60/minute"))


async def reported(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Idempotency-Key": f"a-long-enough-key-{body['text']}".encode().hex()[:64]}
    answer: dict[str, Any] = (await client.post("/v1/reports", json=body, headers=headers)).json()
    return answer


async def step(
    client: httpx.AsyncClient, case: dict[str, Any], command: str, who: dict[str, str], **body: Any
) -> httpx.Response:
    address = f"/v1/cases/{case['case_id']}/{command}"
    return await client.post(address, json=body, headers={"Idempotency-Key": command, **who})


async def test_two_reports_of_one_heap_end_as_one_and_both_reporters_see_it(office: StreetOffice) -> None:
    clerk, checker = office.token("clerk"), office.token("checker")
    unit = office.token("unit_worker", unit="dist_sanitation")
    async with (
        office.http(INTAKE) as intake,
        office.http(TRIAGE) as sorting,
        office.http(DISPATCH) as working,
        office.http(CLOSURE) as checking,
        office.ports(Service.TRIAGE) as triage_ports,
        office.ports(Service.DISPATCH) as dispatch_ports,
        office.ports(Service.CLOSURE) as closure_ports,
    ):
        first, second = await reported(intake, HEAP), await reported(intake, AGAIN)
        store = triage_ports.store
        for one in (first, second):
            await (await triage(triage_ports)).reactor.look_at(
                [(await store.find(_numbered(one))).cases[0].id]
            )
        to_see = (await sorting.get("/v1/confirmations", headers=clerk)).json()["cases"]
        likely = next(row for row in to_see if row["number"] == second["number"])["duplicates"]
        assert [each["number"] for each in likely] == [first["number"]]
        steps = [
            await step(sorting, second, "merge", clerk, into=likely[0]["case_id"], words="同一堆"),
            await step(sorting, first, "confirm", clerk, found=True, words="属实"),
        ]
        await (await dispatch(dispatch_ports)).reactor.look_at(
            [(await store.find(_numbered(first))).cases[0].id]
        )
        steps += [
            await step(working, first, "accept", unit),
            await step(working, first, "start", unit),
            await step(working, first, "resolve", unit, words="已清运完毕"),
        ]
        (case,) = (await store.find(_numbered(first))).cases
        await (await closure(closure_ports)).reactor.look_at([case.id])
        steps.append(await step(checking, first, "pass", checker, words="现场已清理干净"))
        assert statuses(steps) == [200] * 6, [each.text for each in steps]
        resent = await reported(intake, AGAIN)
        assert resent == second, "sent again after all that, it is answered as the first time"
        seen = [
            (await intake.get("/v1/track", headers={"Receipt-Code": one["receipt"]})).json()
            for one in (first, second)
        ]
    assert (seen[0]["stage"], seen[1]["stage"]) == (Stage.CLOSED, Stage.MERGED)
    assert seen[1]["merged_into"]["number"] == first["number"]
    assert seen[1]["merged_into"]["stages"][-1] == seen[0]["stages"][-1]
    assert "已结案" in seen[1]["remarks"][0]["zh"]
    assert not any(words["text"] in str(seen) for words in (HEAP, AGAIN))


def _numbered(report: dict[str, Any]) -> Any:
    from libs.casestore.reading import CaseQuery

    return CaseQuery(number=report["number"])
