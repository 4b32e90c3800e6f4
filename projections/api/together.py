"""What many requests ask at once is done together: while one group is under way, the next gathers.

So a query or a commit is shared by those who would otherwise wait for one another, and who is alone
doesn't wait at all.
"""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from ledger.service.ports import StoreUnavailable

MAX_WAITING: Final = 2_000
"""More than these don't wait: they are refused."""

Q = TypeVar("Q")
A = TypeVar("A")


class Together(Generic[Q, A]):
    """Does work in groups, one group at a time, for the tasks of one event loop."""

    def __init__(
        self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], most: int, called: str
    ) -> None:
        """Prepare.

        Args:
            work: answers a group, in order; what it raises goes to each who asked.
            most: in one group.
            called: what is waited for, as a refusal names it.

        """
        self._work = work
        self._most = most
        self._called = called
        self._waiting: list[tuple[Q, Future[A]]] = []
        self._under_way: asyncio.Task[None] | None = None

    def ask(self, question: Q) -> "Future[A]":
        """Return what will have the answer, or `StoreUnavailable` when too many wait already."""
        answer: Future[A] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= MAX_WAITING:
            answer.set_exception(StoreUnavailable(f"too many requests wait for {self._called}"))
            return answer
        self._waiting.append((question, answer))
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._through(), name=self._called)
        return answer

    async def ended(self) -> None:
        """Wait until nothing waits."""
        if self._under_way is not None:
            await self._under_way

    async def _through(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                answers = await self._work([question for question, _ in group])
            except Exception as error:  # noqa: BLE001  whoever asked gets it
                for _, answer in group:
                    if not answer.done():  # who waited too long has given up
                        answer.set_exception(error)
            else:
                for (_, answer), said in zip(group, answers, strict=True):
                    if not answer.done():
                        answer.set_result(said)
        self._under_way = None
