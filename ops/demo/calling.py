"""The end of the demo: what another app asks, as a command that works as it is printed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import httpx2
from rich.console import Console

from ops.demo.story import NORA
from ops.running.api import development_issuer, serving
from ops.settings import Settings

ON: Final = "2025-09-01"
"""The last day of the story."""

TOKEN_SECONDS: Final = 60 * 60
ANSWER_SECONDS: Final = 10.0
SCOPES: Final = ("accounts:any", "balances:read")


@contextmanager
def over_http(folder: Path, database_url: str, stop: Event, say: Console) -> Iterator[None]:
    """Serve the API until the block ends; ask it for what Nora has, and print how, and the answer.

    Args:
        folder: with the key of the development issuer.
        database_url: of the demo's ledger.
        stop: set when the API ends by itself.
        say: where it is printed.

    """
    settings = Settings(data_dir=folder, api_port=0)
    with serving(settings, database_url, stop) as address:
        token = development_issuer(settings).token("demo", SCOPES, seconds=TOKEN_SECONDS)
        url = f"{address}/accounts/{NORA}/balances?on={ON}"
        headers = {"Rugzak-Purpose": "trying", "Authorization": f"Bearer {token}"}
        answer = httpx2.get(url, headers=headers, timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        said = " ".join(f"-H '{name}: {value}'" for name, value in headers.items())
        # In one line that nothing breaks, so that it can be copied.
        say.print(f"\n[bold]$ curl -s '{url}' {said}[/bold]", soft_wrap=True, emoji=False)
        say.print(json.dumps(answer.json(), indent=2), markup=False, soft_wrap=True)
        yield
