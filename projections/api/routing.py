"""Routes that look up what they take once, and not for each request.

FastAPI finds out anew, for each parameter of each request, by which names it comes and of what
kind it is: for a balance that took longer than reading it. What is declared is the same here, and
checked by the same validators; what is missing, wrong or not plain goes to FastAPI, which says so.
"""

from collections.abc import Callable, Mapping
from functools import partial
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, Final, NamedTuple, Protocol

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import SecurityScopes
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

VERSION: Final = "1.1.0"
"""Of the API, and of the document that describes it."""

PREFIX: Final = "/v1"
"""Of every path: the major number of the API's version."""

Given = dict[int, dict[str, Any]]
"""What each dependency is called with, by the identity of its plan."""


class _Field(Protocol):
    name: str
    alias: str
    field_info: Any

    def validate(self, value: Any, values: dict[str, Any], *, loc: tuple[str, ...]) -> Any: ...  # noqa: ANN401  what is declared


class _Missing(Exception):  # noqa: N818  no error: FastAPI says what is wrong
    """Something is missing, wrong or not plain."""


class _Taken(NamedTuple):
    """One parameter: where it is found, and what it is when it isn't there."""

    field: _Field
    at: Callable[[Request], Mapping[str, Any]]
    whole: bool

    def value(self, request: Request) -> Any:  # noqa: ANN401  what is declared
        there = self.at(request)
        if self.whole:
            given: Any = dict(there)
        elif self.field.alias in there:
            given = there[self.field.alias]
        elif self.field.field_info.is_required():
            raise _Missing
        else:
            return self.field.field_info.get_default()
        value, errors = self.field.validate(given, {}, loc=())
        if errors:
            raise _Missing
        return value


class _Plan(NamedTuple):
    """How a route or a dependency is called."""

    call: Callable[..., Any]
    waits: bool
    name: str | None
    before: "tuple[_Plan, ...]"
    taken: tuple[_Taken, ...]
    request: str | None
    scopes: tuple[str, SecurityScopes] | None

    def given(self, request: Request, into: Given) -> None:
        """Check all that a request gives, before anything is called."""
        for each in self.before:
            each.given(request, into)
        into[id(self)] = {each.field.name: each.value(request) for each in self.taken}

    async def called(self, request: Request, given: Given) -> Any:  # noqa: ANN401  what it returns
        """Call what comes before, and then it."""
        values = given[id(self)]
        for each in self.before:
            found = await each.called(request, given)
            if each.name is not None:
                values[each.name] = found
        if self.request is not None:
            values[self.request] = request
        if self.scopes is not None:
            name, scopes = self.scopes
            values[name] = scopes
        if self.waits:
            return await self.call(**values)
        return await run_in_threadpool(self.call, **values)


class PlannedRoute(APIRoute):
    """A route that is planned when it is declared.

    What it answers is a `Response` already: the model of that is for the document alone.
    """

    def __init__(self, *args: Any, **of: Any) -> None:  # noqa: ANN401  as FastAPI has it
        """Declare it."""
        super().__init__(*args, **of | {"response_model": None})
        self._declared = partial(APIRoute, *args, **of)
        self._plan = None if self.body_field else _planned(self.dependant)

    def described(self) -> APIRoute:
        """Return it with the model of its answers, as the document describes it."""
        return self._declared()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request by the plan; FastAPI does when that fits no such request."""
        if self._plan is not None and scope["method"] in (self.methods or ()):
            request, given = Request(scope, receive, send), Given()
            try:
                self._plan.given(request, given)
            except _Missing:
                pass
            else:
                answer: Response = await self._plan.called(request, given)
                await answer(scope, receive, send)
                return
        await super().handle(scope, receive, send)


def planned(**of: Any) -> APIRouter:  # noqa: ANN401  as FastAPI has it
    """Return a router of such routes."""
    return APIRouter(prefix=PREFIX, route_class=PlannedRoute, **of)


_PLACES: Any = {
    "path_params": lambda request: request.path_params,
    "query_params": lambda request: request.query_params,
    "header_params": lambda request: request.headers,
}


def _planned(dependant: Dependant) -> _Plan | None:
    """Plan a call; None when it needs more than is planned here."""
    before = [_planned(each) for each in dependant.dependencies]
    other = (
        dependant.cookie_params,
        dependant.body_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.concurrency,
    )
    if any(other) or None in before or dependant.call is None:
        return None
    functions = _functions(dependant.call)
    if any(map(isgeneratorfunction, functions)) or any(map(isasyncgenfunction, functions)):
        return None
    taken = [
        _Taken(field, place, _is_model(field))
        for kind, place in _PLACES.items()
        for field in getattr(dependant, kind)
    ]
    if any(field.field_info.alias is None for field in dependant.header_params):
        return None  # its name is made of the argument's
    scopes = dependant.security_scopes_param_name
    needed = [*(dependant.parent_oauth_scopes or ()), *(dependant.own_oauth_scopes or ())]
    return _Plan(
        call=dependant.call,
        waits=any(map(iscoroutinefunction, _functions(dependant.call))),
        name=dependant.name,
        before=tuple(each for each in before if each is not None),
        taken=tuple(taken),
        request=dependant.request_param_name,
        scopes=(scopes and (scopes, SecurityScopes(list(dict.fromkeys(needed))))) or None,
    )


def _functions(call: Callable[..., Any]) -> tuple[Any, Any]:
    """Return what may be a function of a kind: itself, or how an object is called."""
    return call, type(call).__call__


def _is_model(field: _Field) -> bool:
    annotation = field.field_info.annotation
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
