"""Where what a request made can be read: `Location`, wherever there is a question for it.

Source: RFC 9110, 15.3.2.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.routing import Match


def location(request: Request, made: str) -> Mapping[str, str]:
    """Return the header that says where it is, when it can be read below what was posted to.

    Without a host, which the client knows better than we behind a proxy.

    Args:
        request: that made it.
        made: how it is called.

    """
    known: dict[str, bool] = request.app.state.readable
    operation = request.scope["route"].operation_id
    if operation not in known:
        known[operation] = _is_read(request, f"{request.scope['path']}/{made}")
    return {"Location": f"{request.url.path}/{quote(made, safe='')}"} if known[operation] else {}


def _is_read(request: Request, path: str) -> bool:
    """Tell whether there is a route for reading at a path."""
    asked: dict[str, Any] = {name: request.scope[name] for name in ("type", "app", "headers")}
    asked |= {"method": "GET", "path": path, "root_path": request.scope.get("root_path", "")}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
