"""Hypothesis strategies for the vocabulary: any event of any type, with every field drawn."""

from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from libs.casework.calendar.amount import Amount
from libs.casework.categories import LimitUnit
from libs.casework.entry import GENESIS, Actor, Entry
from libs.casework.events import EVENTS, ContentRef, Event
from libs.casework.events.dispatch import WorkItem
from libs.casework.events.triage import Likeness, Suggestion
from libs.casework.vocabulary import Role, Service, Stage

times = st.integers(min_value=0, max_value=2**53)
services = st.sampled_from(Service)
stages = st.sampled_from(Stage)
stages_or_no_case = st.none() | stages
event_names = st.sampled_from(EVENTS.names())


def built(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any value of a pydantic model, optional fields included."""
    return st.builds(model, **{name: _field(info) for name, info in model.model_fields.items()})


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    annotation: Any = info.annotation
    return st.from_type(Annotated[annotation, *info.metadata] if info.metadata else annotation)


st.register_type_strategy(
    Amount,
    st.builds(Amount, st.integers(1, 99).map(Fraction), st.sampled_from(LimitUnit)),
)
for nested in (ContentRef, WorkItem, Suggestion, Likeness):
    st.register_type_strategy(nested, built(nested))

actors = st.builds(Actor, id=st.text(min_size=1, max_size=12), role=st.sampled_from(Role))


def events_named(name: str) -> st.SearchStrategy[Event]:
    """Any event of the type called `name`."""
    return built(EVENTS[name])


any_event = event_names.flatmap(events_named)


def an_entry(event: Event, actor: Actor, at: int, stage: Stage, service: Service, public: bool) -> Entry:
    return Entry(
        id=UUID(int=1),
        case_id=UUID(int=2),
        seq=3,
        rev=2,
        type=event.name(),
        at=at,
        said_by=service,
        actor=actor,
        stage=stage,
        office="yingbin",
        public=public,
        data=event,
        prev=GENESIS.hex(),
    )


entries = st.builds(an_entry, any_event, actors, times, stages, services, st.booleans())
