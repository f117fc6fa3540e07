"""Every piece of content that an event names is found in it, whatever the event, in order and once."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given

from libs.casework.events import Event
from libs.casework.events.dispatch import ItemDone, Noted, Planned, WorkItem
from libs.casework.events.intake import DetailsAdded
from libs.casework.references import references
from tests.support.cases import a_content
from tests.support.strategies import any_event


def searched(value: Any) -> Iterator[dict[str, Any]]:
    """References the slow way: whatever looks like one in the plain data."""
    if isinstance(value, dict) and value.keys() == {"id", "kind", "digest"}:
        yield value
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from searched(part)


@given(any_event)
def test_whatever_an_event_names_is_found(event: Event) -> None:
    found = [ref.model_dump() for ref in references([event])]
    named = list(searched(event.model_dump()))
    assert found == [ref for place, ref in enumerate(named) if ref not in named[:place]]


def test_a_log_gives_them_in_its_order_and_each_once() -> None:
    photo, words, title = a_content("photo"), a_content("note"), a_content("title")
    plan = Planned(items=(WorkItem(id="a", unit="pmc", words=title), WorkItem(id="b", unit="pmc")))
    done = ItemDone(item="a", evidence=(photo,), words=words)
    added = DetailsAdded(contents=(words, photo))
    assert references([Noted(words=words), plan, done, plan, added]) == (words, title, photo)
    assert references([]) == ()
