"""docs/categories.md: the catalogue as a table that a clerk can read."""

from libs.casework.categories import Catalogue, CategoryClass, Limit, Subclass, parse_catalogue
from libs.casework.fields import FormField
from libs.plumbing.data import read_yaml

_HEAD = """# Categories 类别

Generated from `data/categories.yaml` (version {version}) by `python -m tools.generate`. Limits are examples with their source, to be set by
each office. 🔒: private, never shown in public. 👁: a resident's report is first seen on the spot (核实).
"""
_FORMS_HEAD = """
## Fields 表单项

What a report with that declared category is asked beside its words, in `fields` by id. 🔒: sealed like words.

| category | field | 名称 | name | allowed | |
| --- | --- | --- | --- | --- | --- |
"""
_TABLE_HEAD = "\n| id | 小类 | subclass | urgency | limits | lead | helps | |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"


def categories_page() -> str:
    """The whole page."""
    catalogue = parse_catalogue(read_yaml("categories.yaml"))
    head = _HEAD.format(version=catalogue.version)
    return head + "".join(_class(catalogue, one) for one in catalogue.classes) + _forms(catalogue)


def _forms(catalogue: Catalogue) -> str:
    asked = [(sub, field) for sub in catalogue.subclasses for field in sub.fields]
    return _FORMS_HEAD + "".join(_field(sub, field) for sub, field in asked)


def _field(sub: Subclass, field: FormField) -> str:
    marks = ("required" if field.required else "") + (" 🔒" if field.private else "")
    cells = (f"`{sub.id}`", f"`{field.id}`", field.zh, field.en, ", ".join(field.allowed), marks.strip())
    return f"| {' | '.join(cells)} |\n"


def _class(catalogue: Catalogue, one: CategoryClass) -> str:
    rows = "".join(_subclass(sub) for sub in catalogue.subclasses if sub.class_id == one.id)
    return f"\n## {one.id} {one.zh} · {one.en} ({one.kind.zh})\n{_TABLE_HEAD}{rows}"


def _subclass(one: Subclass) -> str:
    marks = ("🔒" if one.private else "") + ("👁" if one.confirm_on_spot else "")
    limits = "<br>".join(_limit(limit) for limit in one.limits)
    cells = (f"`{one.id}`", one.zh, one.en, one.urgency, limits, one.lead, ", ".join(one.helps), marks)
    return f"| {' | '.join(cells)} |\n"


def _limit(limit: Limit) -> str:
    when = f"{limit.when}: " if limit.when else ""
    return f"{when}{limit.value:g} {limit.unit.zh} ({limit.source})"
