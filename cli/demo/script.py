"""The stories as `data/stories.yaml` holds them: who acts, and the steps that a tale is made of."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.casework.topics import DOOR_OWNER, Door
from libs.casework.vocabulary import Role, Service
from libs.plumbing.data import read_yaml

AWAIT, OVERHEAR, RATE, REFUSED, REPORT, TRACK = "await", "overhear", "rate", "refused", "report", "track"
COMMANDS = {
    "confirm": Service.TRIAGE,
    "reclassify": Service.TRIAGE,
    "accept": Service.DISPATCH,
    "plan": Service.DISPATCH,
    "start": Service.DISPATCH,
    "note": Service.DISPATCH,
    "done": Service.DISPATCH,
    "resolve": Service.DISPATCH,
    "attention": Service.DISPATCH,
    "pass": Service.CLOSURE,
    "patrol": Service.CLOSURE,
    RATE: Service.CLOSURE,
}
"""What is asked of a case, and the service that says it then."""
SPEAKERS = COMMANDS | {REPORT: Service.INTAKE, REFUSED: Service.INTAKE, TRACK: Service.INTAKE}
RELAY = "relay"


class Part(BaseModel):
    """Frozen and closed: a slip of the pen in the data is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Part):
    """Something with a name in Chinese and in English."""

    zh: str
    en: str


class Person(Named):
    """Who acts over HTTP; without roles a resident, who has no key."""

    roles: frozenset[Role] = frozenset()
    office: str = ""
    unit: str | None = None
    grids: tuple[str, ...] = ()


class System(Named):
    """Who acts over Kafka, as a publisher of that name."""

    name: str
    office: str
    doors: frozenset[Door] = frozenset()
    unit: str | None = None
    seen_on_spot: bool = False
    reads_cases: bool = False


class Step(Named):
    """`do` what, `by` whom, to which cases (none named: the story's main one). `until`: the event that is awaited."""

    do: str
    by: str | None = None
    case: str | None = None
    cases: tuple[str, ...] = ()
    until: str | None = None
    photos: tuple[str, ...] = ()
    body: dict[str, Any] = Field(default_factory=dict)

    def on(self, main: str) -> tuple[str, ...]:
        """The cases whose step it is."""
        return self.cases or (self.case or main,)


class Story(Named):
    """A story: what happens at which place. `main` is the case that is shown at the end."""

    number: int
    main: str
    where: Named
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @property
    def title(self) -> str:
        """`故事 1 破损围挡 · story 1 Broken hoardings`."""
        return f"故事 {self.number} {self.zh} · story {self.number} {self.en}"


class Script(Part):
    """All stories, and everybody in them."""

    people: dict[str, Person]
    systems: dict[str, System]
    stories: tuple[Story, ...]

    @model_validator(mode="after")
    def _everybody_is_known(self) -> "Script":
        known = {None, *self.people, *self.systems}
        for story in self.stories:
            for step in story.steps:
                if step.by not in known or step.do not in {AWAIT, OVERHEAR, *SPEAKERS}:
                    raise ValueError(f"story {story.number}: nobody is called {step.by} or does {step.do}")
        return self


def door_of(command: str) -> Door:
    """The door at which a system asks for a command."""
    return next(door for door, owner in DOOR_OWNER.items() if owner is SPEAKERS[command])


def read_script() -> Script:
    """The stories of the data folder."""
    content = read_yaml("stories.yaml")
    return Script.model_validate({name: content[name] for name in Script.model_fields})


def stage_names(stages: list[dict[str, str]]) -> str:
    """The stages that public tracking shows, in both languages."""
    return " → ".join(f"{each['stage_zh']} {each['stage']}" for each in stages)
