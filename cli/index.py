"""The first page of the gateway: what is behind it, in both languages. No scripts, nothing from elsewhere."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from cli.catalog import WITH_API

_WHAT = {
    "intake": ("受理", "report something, follow a report"),
    "triage": ("分拨", "what waits for a clerk, filing, confirming on the spot"),
    "dispatch": ("派遣", "who does it, and how it goes"),
    "closure": ("核查结案", "checks, closing, rating, reopening"),
    "sla": (
        "时限",
        "when something is due and how that comes about, what is near due or over, what is suspended",
    ),
    "records": ("档案", "cases, their stories, figures, the lifecycle table"),
}
_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>Banjie 办结</title></head><body>
<h1>Banjie 办结</h1><p>街道办案件管理 · case management for street offices</p>
<table>{rows}</table>
<p>状态 state: <a href="/readyz">/readyz</a> <a href="/healthz">/healthz</a> 指标 <a href="/metrics">/metrics</a></p>
<p>流程表 the lifecycle table: <a href="/records/v1/lifecycle">/records/v1/lifecycle</a></p>
</body></html>
"""
_ROW = '<tr><th>{zh}</th><td>{name}</td><td>{en}</td><td><a href="/{name}/openapi.json">OpenAPI</a></td></tr>'


def index() -> APIRouter:
    """`GET /`."""
    rows = "".join(_ROW.format(name=name, zh=_WHAT[name][0], en=_WHAT[name][1]) for name in WITH_API)
    page = HTMLResponse(_PAGE.format(rows=rows))
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def first_page() -> HTMLResponse:
        return page

    return router
