"""Which methods a path takes, of all routes that have it."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path


class Methods:
    """Which methods a path takes."""

    def __init__(self, routers: Iterable[APIRouter], prefix: str) -> None:
        """Know the routes of routers, all under a prefix."""
        self._known = [
            (compile_path(f"{prefix}{route.path}")[0], frozenset(route.methods or ()))
            for router in routers
            for route in router.routes
            if isinstance(route, APIRoute)
        ]

    def of(self, scope: Mapping[str, Any]) -> str:
        """Return those of a request's path, of all routes that have it, as `Allow` tells them."""
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        found = (methods for form, methods in self._known if form.match(path))
        return ", ".join(sorted(frozenset().union(*found)))
