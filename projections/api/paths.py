"""Parts of paths that are names of others' making, with slashes in them.

A server sees `%2F` as a slash, so a name is all of what is left of the path, but for what
is done with the thing that it names.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import compile_path

ACTIONS: Final = ("captures", "releases")
"""What is done with a reservation, by the end of its path."""


class ReservationName(Convertor[str]):
    """Takes the name of a reservation, and leaves what is done with it to others' routes."""

    regex = ".+" + "".join(f"(?<!/{action})" for action in ACTIONS)

    def convert(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Return it as it is."""
        return value


register_url_convertor("reservation", ReservationName())


class Methods:
    """Which methods a path takes."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        """Know the routes of routers."""
        self._known = [
            (compile_path(route.path)[0], frozenset(route.methods or ()))
            for router in routers
            for route in router.routes
            if isinstance(route, APIRoute)
        ]

    def of(self, scope: Mapping[str, Any]) -> str:
        """Return those of a request's path, of all routes that have it, as `Allow` tells them."""
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        found = (methods for form, methods in self._known if form.match(path))
        return ", ".join(sorted(frozenset().union(*found)))
