"""Health, for the operator: the only answer that asks for no sign-in."""

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter

from assistant.bootstrap import App
from assistant.domain.person import program

VERSION = version("backhaul")
ACTOR = program("api")


def router(app: App) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    def healthz() -> dict[str, Any]:
        """Whether the store answers, and how many cases and messages stand where."""
        with app.store.unit(ACTOR) as unit:
            cases, messages = unit.cases.counts(), unit.messages.counts()
        return {"status": "ok", "version": VERSION, "cases": dict(cases), "messages": dict(messages)}

    return routes
