"""How the stories are told to people: a line for each step, in both languages, with who said it and how long it took."""

import time

from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.console import out
from cli.demo.script import Step, Story
from cli.timeline import duration, service_name

WIDEST = 150


def width() -> int:
    """As wide as a line of a story may be: a very wide screen is hard to read."""
    return min(int(out.width), WIDEST)


class Told:
    """Tells nobody, and remembers: for machines and tests. A line is (story, step, service, seconds since the last)."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self._story = 0
        self._last = time.monotonic()

    def begin(self, story: Story) -> None:
        """A story begins."""
        self._story, self._last = story.number, time.monotonic()

    def step(self, step: Step, service: str, facts: dict[str, str]) -> None:
        """A step has come about."""
        now = time.monotonic()
        took, self._last = now - self._last, now
        text = {"zh": filled(step.zh, facts), "en": filled(step.en, facts)}
        line = {"story": self._story, "step": step.do, **text, "said_by": service, "after_s": round(took, 3)}
        self.lines.append(line)
        self.show(text["zh"], text["en"], service, took)
        if "shown" in facts:
            self.exhibit(facts["shown"])

    def show(self, zh: str, en: str, service: str, took: float) -> None:
        """Nobody looks."""

    def exhibit(self, shown: str) -> None:
        """Nobody looks."""


class Aloud(Told):
    """Tells it on the terminal."""

    def begin(self, story: Story) -> None:
        """A story begins."""
        super().begin(story)
        title = Text.assemble((f" {story.number} ", "bold reverse"), f" {story.zh} {story.en} ")
        out.print()
        out.print(Rule(title, align="left", style="dim"), width=width())
        out.print(Text(f"   {story.where.zh} · {story.where.en}", "dim"), width=width())

    def show(self, zh: str, en: str, service: str, took: float) -> None:
        """One line."""
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column(width=2)
        line.add_column(ratio=1, overflow="fold")
        line.add_column(width=13, no_wrap=True)
        line.add_column(width=8, justify="right", no_wrap=True)
        text = Text.assemble(zh, ("  " + en, "dim"))
        after = Text(f"+{duration(took * 1_000_000)}", "dim")
        line.add_row(Text(" ✓", "green"), text, Text(service_name(service), "cyan"), after)
        out.print(line, width=width())

    def exhibit(self, shown: str) -> None:
        """What a step has to show, as it is."""
        out.print(Padding(Text(shown, "yellow", overflow="fold"), (0, 0, 0, 5)), width=width())


def filled(text: str, facts: dict[str, str]) -> str:
    """The text with its names filled in; a fact that is missing shows as a question mark."""
    return text.format_map(_OrQuestionMark(facts))


class _OrQuestionMark(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "?"
