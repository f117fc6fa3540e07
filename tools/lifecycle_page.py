"""docs/lifecycle.md, drawn from THE table."""

from collections import defaultdict

from libs.casework.events import EVENTS
from libs.casework.lifecycle import TABLE, Step
from libs.casework.vocabulary import ENDED, OPEN, Service, Stage

_ROLES_ZH = {
    "clerk": "受理员",
    "unit_worker": "处置单位",
    "grid_worker": "网格员",
    "checker": "核查员",
    "supervisor": "督办领导",
}
_HEAD = """# The life of a case 案件流程

Generated from `libs/casework/lifecycle.py` by `python -m tools.generate`: edit the table, not this page. The table alone decides;
the store refuses whatever is not in it, and the refusal names the stage and the attempted step.

```mermaid
stateDiagram-v2
"""
_TABLE_HEAD = """
## Stages 阶段

| stage | 阶段 | what may happen there |
| --- | --- | --- |
"""
_STEPS_HEAD = """
## Steps 步骤

A step that *commutes* changes neither stage, assignment nor attributes: `rev` does not rise, and nobody who looks at the case gets a
conflict from it. "as before": whoever was awaited still is.

| step | 步骤 | at | leads to | said by | then awaited | commutes |
| --- | --- | --- | --- | --- | --- | --- |
"""


def lifecycle_page() -> str:
    """The whole page."""
    return _HEAD + _diagram() + "```\n" + _TABLE_HEAD + _stages() + _STEPS_HEAD + "".join(map(_step, TABLE))


def _diagram() -> str:
    names = [f"    {stage}: {stage.zh} {stage}\n" for stage in Stage]
    edges = [
        f"    {source} --> {target}: {'、'.join(labels)}\n" for (source, target), labels in _edges().items()
    ]
    ends = [f"    {stage} --> [*]\n" for stage in Stage if stage in ENDED]
    return "".join(names + edges + ends)


def _edges() -> dict[tuple[str, str], list[str]]:
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in TABLE:
        for stage in (None, *Stage):
            if stage in row.at and row.to and row.to is not stage:
                edges[stage or "[*]", row.to].append(EVENTS[row.event].ZH)
    return edges


def _stages() -> str:
    return "".join(f"| `{stage}` | {stage.zh} | {_happens(stage)} |\n" for stage in Stage)


def _happens(stage: Stage) -> str:
    return ", ".join(f"`{row.event}`" for row in TABLE if stage in row.at)


def _step(row: Step) -> str:
    cells = (
        f"`{row.event}`",
        EVENTS[row.event].ZH,
        _at(row),
        f"`{row.to}`" if row.to else "stays",
        "any service" if row.said_by == frozenset(Service) else " or ".join(sorted(row.said_by)),
        _awaited(row),
        "yes" if row.commutes else "",
    )
    return f"| {' | '.join(cells)} |\n"


def _at(row: Step) -> str:
    if row.at == frozenset(Stage):
        return "any stage"
    if row.at == OPEN:
        return "any open stage"
    return ", ".join(f"`{stage}`" if stage else "no case yet" for stage in (None, *Stage) if stage in row.at)


def _awaited(row: Step) -> str:
    if row.awaits is None:
        return "as before"
    if row.awaits.machine:
        return f"service `{row.awaits.machine}`"
    return f"{row.awaits.person} {_ROLES_ZH[row.awaits.person]}" if row.awaits.person else "nobody"
