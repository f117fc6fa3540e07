"""All services' answers put together by records, and what it says when one is away."""

from contextlib import AsyncExitStack
from typing import Any

import httpx

from libs.casework.vocabulary import Service, Stage
from libs.plumbing.data import read_yaml
from libs.plumbing.principals import Principal
from services.closure.app import CLOSURE
from services.dispatch.app import DISPATCH
from services.records.actions import PEERS, Peers, own
from services.records.app import RECORDS
from services.records.rules import parse_grounds
from tests.support.cases import a_case_at
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice

GROUNDS = parse_grounds(read_yaml("records.yaml"))


class Doors(httpx.AsyncBaseTransport):
    """The services that there are, each at `/<service>`; sla breaks, the others do not know such a path."""

    def __init__(self, clients: dict[str, httpx.AsyncClient]) -> None:
        self._clients = clients

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _, service, path = request.url.path.split("/", 2)
        if service == Service.SLA:
            raise httpx.ConnectError("away")
        client = self._clients.get(service)
        if client is None:
            return httpx.Response(404)
        answer = await client.get(f"/{path}", headers={"Authorization": request.headers["authorization"]})
        return httpx.Response(answer.status_code, content=answer.content)


async def test_records_answers_for_all_and_names_who_is_away(office: StreetOffice) -> None:
    async with AsyncExitStack() as stack:
        ports = await stack.enter_async_context(office.ports(Service.RECORDS))
        clients = {
            stage.service.value: await stack.enter_async_context(office.http(stage))
            for stage in (DISPATCH, CLOSURE)
        }
        case = await Garden(ports).a_case_at(Stage.WORKING)
        peers = Peers("http://doors", Doors(clients))
        bearer = office.token("clerk")["Authorization"]
        found = {service: await peers.actions(service, case, bearer) for service in PEERS}
    told = {action.name: action for actions in found.values() for action in actions or ()}
    assert [service for service, actions in found.items() if actions is None] == [Service.SLA]
    assert found[Service.TRIAGE] == []
    assert told["resolve"].allowed
    assert told["resolve"].path == f"/dispatch/v1/cases/{case.id}/resolve"
    assert told["return"].refused is not None
    assert "working (处置中)" in told["return"].refused.detail
    assert told["hand_over"].reasons is not None
    assert told["hand_over"].reasons.codes[0] == "duty_changed"


async def test_another_offices_case_does_not_exist(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports:
        case = await Garden(ports).a_case_at(Stage.WORKING)
        stranger = office.token("clerk", office="shuibosi")
        answers: list[Any] = []
        for stage in (RECORDS, DISPATCH, CLOSURE):
            async with office.http(stage) as client:
                answers.append(await client.get(f"/v1/cases/{case.id}/actions", headers=stranger))
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_looks_and_erasures_are_ruled_as_they_are_done() -> None:
    case = a_case_at(Stage.WORKING)
    clerk = Principal("clerk-1", frozenset({"clerk"}), "yingbin")
    administrator = Principal("a-1", frozenset({"administrator"}), "yingbin")
    erased = case.model_copy(update={"erased": True})
    assert [each.allowed for each in own(case, clerk, GROUNDS)] == [True, False]
    assert [each.allowed for each in own(case, administrator, GROUNDS)] == [False, True]
    assert [each.allowed for each in own(erased, administrator, GROUNDS)] == [False, False]
