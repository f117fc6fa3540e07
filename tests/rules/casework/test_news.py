"""The relay's short way gives the same bytes as the long one, and refuses what the long one refuses."""

import types
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel

from libs.casework.calendar import Amount, parse_amount
from libs.casework.entry import Actor, Entry, entry_bytes
from libs.casework.events import EVENTS, Event
from libs.casework.news import Unreadable, news_of
from libs.casework.topics import CASES, voice_of
from libs.casework.vocabulary import Role, Service, Stage
from libs.casework.wire import outward_bytes

AT = 1_795_486_372_984_413


def example(kind: Any, full: bool) -> Any:
    """A value of that annotation; the optional ones only when `full`."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return example(inside[0], full) if full else None
    if origin is tuple:
        return (example(inside[0], full),) if full else ()
    if origin is dict:
        return {example(inside[0], full): example(inside[1], full)} if full else {}
    if origin is Literal:
        return inside[0]
    if hasattr(kind, "__metadata__") or origin is not None:
        return example(inside[0], full)
    if issubclass(kind, BaseModel):
        return model(kind, full)
    if hasattr(kind, "__members__"):
        return next(iter(kind))
    return {
        str: '围挡 "x" \u2028',
        int: 3,
        float: 0.5,
        bool: True,
        UUID: uuid4(),
        Amount: parse_amount("2 work_day"),
    }[kind]


def model(kind: Any, full: bool) -> Any:
    wanted = {name: field for name, field in kind.model_fields.items() if full or field.is_required()}
    return kind(**{name: example(field.annotation, full) for name, field in wanted.items()})


def entry(event: Event, **more: Any) -> Entry:
    given: dict[str, Any] = {
        "id": uuid4(),
        "case_id": uuid4(),
        "seq": 7,
        "rev": 3,
        "type": event.name(),
        "at": AT,
        "said_by": Service.TRIAGE,
        "actor": Actor(id="a-1", role=Role.CLERK),
        "stage": Stage.FILED,
        "office": "迎宾",
        "public": True,
        "data": event,
        "prev": "00" * 32,
    }
    return Entry(**(given | more))


@pytest.mark.parametrize("name", EVENTS.names())
@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("public", [True, False])
def test_every_event_leaves_exactly_as_the_wire_function_says(name: str, full: bool, public: bool) -> None:
    one = entry(model(EVENTS[name], full), public=public, trace="00-" + "a" * 55 if full else None)
    assert news_of(entry_bytes(one)).value == outward_bytes(one)


@pytest.mark.parametrize("at", [0, 1, 999_999, 1_000_000, AT, AT + 1, 4_102_444_800_000_000])
def test_times_keep_their_microseconds(at: int) -> None:
    one = entry(model(EVENTS["filed.v1"], True), at=at, happened_at=at - 5)
    assert news_of(entry_bytes(one)).value == outward_bytes(one)


@pytest.mark.parametrize("name", EVENTS.names())
@pytest.mark.parametrize("service", Service)
def test_what_wakes_another_service_goes_on_the_voice_too(name: str, service: Service) -> None:
    one = entry(model(EVENTS[name], False), said_by=service)
    own = voice_of(one)
    assert news_of(entry_bytes(one)).topics == ((CASES, own) if own else (CASES,))


def test_the_news_names_its_case_seq_and_time() -> None:
    one = entry(model(EVENTS["filed.v1"], True))
    news = news_of(entry_bytes(one))
    assert (news.case_id, news.seq, news.at) == (str(one.case_id), 7, AT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"filed.v1"', b'"filed.v9"'),
        (b'"category"', b'"kategory"'),
        (b'"triage"', b'"weather"'),
        (b'"office":"', b'"office":1,"x":"'),
        (b'"data":{', b'"data":[{'),
        (b'"prev"', b""),
    ],
)
def test_damage_and_types_from_the_future_are_unreadable(old: bytes, new: bytes) -> None:
    body = entry_bytes(entry(model(EVENTS["filed.v1"], True)))
    assert old in body
    with pytest.raises(Unreadable):
        news_of(body.replace(old, new, 1))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'"filed"'])
def test_bytes_that_are_no_entry_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        news_of(body)
