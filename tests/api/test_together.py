"""What is asked at once is done together."""

import asyncio
from collections.abc import Sequence

import pytest

from ledger.service.ports import StoreUnavailable
from projections.api.together import MAX_WAITING, Together


class Doubling:
    """Work that can be held up; knows which groups it was given."""

    def __init__(self) -> None:
        self.groups: list[Sequence[int]] = []
        self.go = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int]:
        self.groups.append(numbers)
        await self.go.wait()
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


def test_what_comes_while_a_group_is_under_way_is_the_next_up_to_a_bound() -> None:
    async def ask() -> list[int]:
        work = Doubling()
        together = Together(work, 3, "doubling")
        first = together.ask(1)
        await asyncio.sleep(0)
        others = [together.ask(number) for number in range(2, 7)]
        work.go.set()
        answers = [await each for each in (first, *others)]
        assert work.groups == [[1], [2, 3, 4], [5, 6]]
        return answers

    assert asyncio.run(ask()) == [2, 4, 6, 8, 10, 12]


def test_a_group_that_fails_fails_for_each_of_it_and_for_nobody_else() -> None:
    async def ask() -> None:
        work = Doubling()
        together = Together(work, 2, "doubling")
        work.go.set()
        asked = [together.ask(number) for number in (1, 13, 2)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(each) for each in found] == [ValueError, ValueError, int]
        assert await together.ask(21) == 42

    asyncio.run(ask())


def test_who_gives_up_takes_nobody_along() -> None:
    async def ask() -> None:
        work = Doubling()
        together = Together(work, 9, "doubling")
        impatient, patient = together.ask(1), together.ask(2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(impatient, 0.01)
        work.go.set()
        assert await patient == 4

    asyncio.run(ask())


def test_what_comes_when_too_many_wait_is_refused() -> None:
    async def ask() -> None:
        work = Doubling()
        together = Together(work, 9, "doubling")
        asked = [together.ask(number) for number in range(100, MAX_WAITING + 100)]
        with pytest.raises(StoreUnavailable, match="too many requests wait for doubling"):
            await together.ask(0)
        work.go.set()
        await asyncio.gather(*asked)

    asyncio.run(ask())
