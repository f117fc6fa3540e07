"""docs/policies.md: the newest policy as the sheet on a clerk's wall."""

from libs.casework.calendar.amount import Amount
from libs.casework.categories import Catalogue, parse_catalogue
from libs.casework.deadlines.policies import Policies, Policy, Rule, parse_policies
from libs.casework.deadlines.predicates import PREDICATES
from libs.casework.deadlines.vocabulary import Clock
from libs.plumbing.data import read_yaml

BY_RULE = tuple(clock for clock in Clock if clock is not Clock.ATTENTION)
"""The limit of a supervisor's order stands in the order."""

_HEAD = """# Limits 时限规则

Generated from `data/policies.yaml` (version {version}) by `python -m tools.generate`. How time is counted, paused and extended: [deadlines.md](deadlines.md).
The version in force when a case was filed stays with the case; versions: {versions}. Below: **{id}** {zh} {en}.

## Rules 规则

For each clock the first rule that holds and sets it decides. *by category*: the category's own limit from the table below; where there is none,
a later rule decides.

| rule | 规则 | when all hold | {clocks} | source |
| --- | --- | --- | {dashes} | --- |
"""
_LEVELS = """
## Levels 预警

A level is reached when so much of a limit is used up; beyond 1 it is the overtime multiple (超时倍数).

| level | 级别 | used | colour | who is told |
| --- | --- | --- | --- | --- |
"""
_PAUSES = "\n## Pauses, extensions, reviews 暂停、延期、复查\n\n| | | |\n| --- | --- | --- |\n"
_CATEGORIES = """
## Limits by category 各类别处置时限

Urgent cases and emergencies: the first; others: the second. First contact where one was agreed.

| subclass | 小类 | urgent 紧急 | normal 一般 | first contact 首次联系 | source |
| --- | --- | --- | --- | --- | --- |
"""
_ANOTHER = """
## Another version 变更

A version that has begun is never changed: write a new one with a day that lies ahead into a copy of `data/policies.yaml` (`python -m tools.policy_limits` writes its table of categories),
look at it with `banjie sla preview FILE`, see with `banjie sla simulate FILE --from … --to …` how a past period would have been judged by it, then put the file in its place.
Open cases stay with their version until somebody moves them: `banjie sla move VERSION --reason …`. What that does to a running clock: [deadlines.md](deadlines.md#when-limits-change).
"""
_PREDICATES = "\n## Predicates 条件\n\n| name | holds when |\n| --- | --- |\n"


def policies_page() -> str:
    """The whole page."""
    policies = parse_policies(read_yaml("policies.yaml"))
    catalogue = parse_catalogue(read_yaml("categories.yaml"))
    newest = policies.policies[-1]
    return "".join(
        (
            _head(policies, newest),
            *(_rule(rule) for rule in newest.rules),
            _levels(newest),
            _pauses(newest),
            _categories(newest, catalogue),
            _predicates(),
            _ANOTHER,
        )
    )


def _head(policies: Policies, newest: Policy) -> str:
    versions = ", ".join(f"{one.id} ({one.effective_from or 'since ever'})" for one in policies.policies)
    clocks = " | ".join(f"{clock.value} {clock.zh}" for clock in BY_RULE)
    dashes = " | ".join("---" for _ in BY_RULE)
    return _HEAD.format(
        version=policies.version,
        versions=versions,
        id=newest.id,
        zh=newest.zh,
        en=newest.en,
        clocks=clocks,
        dashes=dashes,
    )


def _rule(rule: Rule) -> str:
    when = "<br>".join(f"`{name}` {', '.join(sorted(values))}" for name, values in rule.when.items())
    limits = " | ".join(_limit(rule, clock) for clock in BY_RULE)
    return f"| `{rule.id}` {rule.en} | {rule.zh} | {when or 'always'} | {limits} | {rule.source} |\n"


def _limit(rule: Rule, clock: Clock) -> str:
    if clock is Clock.ITEM and rule.items:
        return "<br>".join(f"{item}: {_amount(limit)}" for item, limit in rule.items.items())
    wanted = rule.targets.get(clock)
    return _amount(wanted) if isinstance(wanted, Amount) else "*by category*" if wanted else ""


def _amount(amount: Amount | None) -> str:
    return amount.zh if amount else "–"


def _levels(policy: Policy) -> str:
    rows = (
        f"| {one.en} | {one.zh} | {one.used} | {one.colour} | {', '.join(one.tell)} |\n"
        for one in policy.levels
    )
    return _LEVELS + "".join(rows)


def _pauses(policy: Policy) -> str:
    pauses = (
        f"| {pause.value} | {pause.zh} | {', '.join(sorted(clocks))} |\n"
        for pause, clocks in policy.pauses.items()
    )
    extensions = (
        f"| extension | 延期 | {clock}: {one.times} ×, each at most {one.at_most.en} {one.at_most.zh} |\n"
        for clock, one in policy.extensions.items()
    )
    reviews = policy.reviews
    review = f"| review of a suspended case | 复查挂账 | after {reviews.usual_days} days 日, at most {reviews.most_days} |\n"
    return _PAUSES + "".join((*pauses, *extensions, review))


def _categories(policy: Policy, catalogue: Catalogue) -> str:
    rows = []
    for category, limits in policy.categories.items():
        subclass = catalogue.get(category)
        names = (subclass.en, subclass.zh) if subclass else (category, "")
        cells = (_amount(limits.urgent), _amount(limits.normal), _amount(limits.response))
        rows.append(
            f"| `{category}` {names[0]} | {names[1]} | {' | '.join(cells)} | {limits.source or '–'} |\n"
        )
    return _CATEGORIES + "".join(rows)


def _predicates() -> str:
    rows = (f"| `{name}` | {' '.join((one.__doc__ or '').split())} |\n" for name, one in PREDICATES.items())
    return _PREDICATES + "".join(rows)
