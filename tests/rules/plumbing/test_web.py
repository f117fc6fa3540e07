"""The HTTP door: what it lets in, and how it says no."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from pymongo.errors import AutoReconnect

from libs.plumbing.access import Caller, CommandKey, MaybeCaller, require
from libs.plumbing.clock import now_us
from libs.plumbing.limits import body_limit
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from libs.plumbing.security import Verifier, new_signing_key, public_part, sign
from libs.plumbing.settings import Settings
from libs.plumbing.web import gateway, service_app

KEY = new_signing_key()
router = APIRouter()


class Note(BaseModel):
    words: str = Field(min_length=2)
    kind: Literal["event", "object"] = "event"


@router.get("/who")
async def who(caller: Caller) -> dict[str, str]:
    return {"id": caller.id}


@router.get("/maybe")
async def maybe(caller: MaybeCaller) -> dict[str, bool]:
    return {"known": caller is not None}


@router.post("/notes/{note}")
async def command(
    note: str, body: Note, key: CommandKey, _: Annotated[Principal, Depends(require("clerk"))]
) -> str:
    return key


@router.post("/photos")
@body_limit(4000)
async def photos(body: dict[str, Any]) -> int:
    return len(str(body))


@router.get("/fails/{how}")
async def fails(how: str) -> None:
    if how == "slow":
        await asyncio.sleep(5)
    raise {
        "away": AutoReconnect("db-7"),
        "unexpected": KeyError("李四"),
        "refused": Problem(
            "stale_rev", "rev 3, not 2", status=409, title="Stale", title_zh="版本已旧", rev=3
        ),
    }[how]


def token(name: str = "clerk-1", role: str = "clerk") -> dict[str, str]:
    who = Principal(name, frozenset({role}), "yingbin", expires=now_us() + 60_000_000)
    return {"authorization": f"Bearer {sign(who, KEY, now_us(), 'k1')}"}


def client(**told: Any) -> httpx.AsyncClient:
    settings = Settings(
        **{"max_body": 2048, "request_timeout_s": 0.2, "rate_of_address": "1000/minute", **told}
    )
    app = service_app(
        "intake", [router], settings=settings, verifier=Verifier(public_part(KEY), lambda _: False)
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://intake")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client() as found:
        yield found


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["type"]) == (status, f"urn:banjie:problem:{code}")
    assert document["status"] == status
    assert document["title"]
    assert any(ord(letter) > 0x3000 for letter in document["title_zh"])
    assert len(document["trace_id"]) == 32
    return document


async def test_a_signed_caller_is_known(http: httpx.AsyncClient) -> None:
    assert (await http.get("/who", headers=token())).json() == {"id": "clerk-1"}


async def test_without_a_token_the_answer_says_how_to_send_one(http: httpx.AsyncClient) -> None:
    answer = await http.get("/who")
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("value", ["Bearer x", "Bearer ", "Basic YTpi", "nonsense", f"Bearer {'x' * 5000}"])
async def test_a_bad_token_is_never_taken_for_no_token(http: httpx.AsyncClient, value: str) -> None:
    problem(await http.get("/maybe", headers={"authorization": value}), 401, "unauthenticated")


async def test_no_token_is_fine_where_anybody_may_ask(http: httpx.AsyncClient) -> None:
    assert (await http.get("/maybe")).json() == {"known": False}


async def test_a_role_too_few_is_forbidden_and_names_the_roles(http: httpx.AsyncClient) -> None:
    headers = token(role="auditor") | {"idempotency-key": "a"}
    document = problem(await http.post("/notes/1", json={"words": "ok"}, headers=headers), 403, "forbidden")
    assert document["allowed"] == ["clerk"]


async def test_two_principals_with_the_same_key_never_collide(http: httpx.AsyncClient) -> None:
    keys = [
        (
            await http.post("/notes/1", json={"words": "ok"}, headers=token(name) | {"idempotency-key": "1"})
        ).json()
        for name in ("a", "b")
    ]
    assert keys == ["a/1", "b/1"]


async def test_a_command_without_a_key_is_asked_for_one(http: httpx.AsyncClient) -> None:
    problem(
        await http.post("/notes/1", json={"words": "ok"}, headers=token()), 400, "idempotency_key_missing"
    )


@pytest.mark.parametrize("key", ["with space", "x" * 129, "é", "tab\tbed"])
async def test_a_malformed_key_is_refused(http: httpx.AsyncClient, key: str) -> None:
    headers = [*token().items(), ("idempotency-key", key.encode())]
    answer = await http.post("/notes/1", json={"words": "ok"}, headers=headers)  # type: ignore[arg-type]
    problem(answer, 400, "idempotency_key_bad")


async def test_wrong_fields_are_named_with_what_is_allowed_and_without_the_input(
    http: httpx.AsyncClient,
) -> None:
    body = {"words": "李", "kind": "李四"}
    answer = await http.post("/notes/1", json=body, headers=token() | {"idempotency-key": "a"})
    errors = problem(answer, 422, "invalid")["errors"]
    assert [one["field"] for one in errors] == ["body.words", "body.kind"]
    assert errors[0]["allowed"] == {"min_length": 2}
    assert errors[1]["allowed"] == {"expected": "'event' or 'object'"}
    assert "李" not in answer.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"words": "a', 400),
        (b"\xff\xfe{}", 400),
        (b'{"words": "\xff"}', 400),
        (b"", 422),
        (b"[]", 422),
        (b"NaN", 422),
        (b"[" * 2000, 400),
        (b'{"words": "\\ud800\\ud800"}', 422),
        (b"9" * 2000, 422),
    ],
)
async def test_no_body_makes_it_fall_over(http: httpx.AsyncClient, content: bytes, status: int) -> None:
    headers = token() | {"idempotency-key": "a", "content-type": "application/json"}
    answer = await http.post("/notes/1", content=content, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == status


async def test_a_form_where_json_belongs_is_the_wrong_kind(http: httpx.AsyncClient) -> None:
    answer = await http.post("/notes/1", data={"words": "ok"}, headers=token() | {"idempotency-key": "a"})
    problem(answer, 415, "wrong_media_type")


async def test_an_unknown_place_and_a_wrong_method_are_problems_too(http: httpx.AsyncClient) -> None:
    problem(await http.get("/nowhere"), 404, "not_found")
    answer = await http.put("/who")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


async def test_a_body_over_the_limit_is_refused_declared_or_not(http: httpx.AsyncClient) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100

    headers = {**token(), "idempotency-key": "a", "content-type": "application/json"}
    for content in (b" " * 3000, dripping()):
        problem(await http.post("/notes/1", content=content, headers=headers), 413, "too_large")


async def test_a_route_may_take_more_up_to_its_own_limit(http: httpx.AsyncClient) -> None:
    assert (await http.post("/photos", json={"a": "x" * 3000})).status_code == 200
    problem(await http.post("/photos", json={"a": "x" * 4500}), 413, "too_large")


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("slow", 503, "too_slow"),
        ("away", 503, "unavailable"),
        ("unexpected", 500, "internal"),
        ("refused", 409, "stale_rev"),
    ],
)
async def test_every_failure_is_a_problem_that_gives_nothing_away(
    http: httpx.AsyncClient, how: str, status: int, code: str
) -> None:
    answer = await http.get(f"/fails/{how}")
    problem(answer, status, code)
    assert "李四" not in answer.text
    assert "db-7" not in answer.text


async def test_a_problem_carries_its_own_members(http: httpx.AsyncClient) -> None:
    document = (await http.get("/fails/refused")).json()
    assert (document["rev"], document["title_zh"]) == (3, "版本已旧")


async def test_too_many_requests_say_when_to_come_back() -> None:
    async with client(rate_of_principal="2/minute") as http:
        answers = [await http.get("/who", headers=token()) for _ in range(3)]
        other = await http.get("/who", headers=token("other"))
    problem(answers[2], 429, "too_many_requests")
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert other.status_code == 200


async def test_a_trace_goes_through_and_the_answers_are_guarded(http: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await http.get("/who", headers=token() | {"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.headers["traceparent"].split("-")[1] == trace
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_readiness_tells_each_check_and_fails_with_one(http: httpx.AsyncClient) -> None:
    async def well() -> str:
        return "lag 0"

    async def ill() -> None:
        raise RuntimeError("no partitions")

    parts = {"intake": service_app("intake", settings=Settings(), checks={"worker": well, "database": ill})}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(gateway(parts)), base_url="http://all"
    ) as door:
        answer = await door.get("/readyz")
        assert (await door.get("/healthz")).status_code == 200
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "intake.worker": {"ok": True, "detail": "lag 0"},
        "intake.database": {"ok": False, "detail": "RuntimeError: no partitions"},
    }


async def test_several_services_stand_behind_one_door() -> None:
    parts = {name: service_app(name, [router], settings=Settings()) for name in ("intake", "triage")}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(gateway(parts)), base_url="http://all"
    ) as door:
        assert (await door.get("/triage/maybe")).json() == {"known": False}
        problem_at_root = await door.get("/nowhere")
        assert problem_at_root.headers["content-type"] == "application/problem+json"
        page = (await door.get("/metrics")).text
    assert 'banjie_http_requests_total{method="GET",route="/maybe",service="triage",status="200"}' in page


async def test_the_description_is_there_in_both_languages(http: httpx.AsyncClient) -> None:
    document = json.loads((await http.get("/openapi.json")).text)
    assert document["info"]["title"] == "Banjie 办结 · intake"
