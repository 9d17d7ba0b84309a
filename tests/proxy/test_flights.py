import asyncio

import pytest

from proxy.flights import Flights


async def never() -> bool:
    return False


async def test_a_hundred_equal_questions_make_one_call() -> None:
    flights, known, calls = Flights(), set[str](), 0

    async def found() -> bool:
        return "q" in known

    async def ask() -> None:
        nonlocal calls
        if not await flights.join("q", found):
            calls += 1
            await asyncio.sleep(0)
            known.add("q")
            flights.land("q")

    await asyncio.gather(*(ask() for _ in range(100)))
    assert calls == 1
    assert flights.count == 0


async def test_other_questions_do_not_wait() -> None:
    flights = Flights()
    await flights.join("q", never)
    assert not await flights.join("r", never)
    assert flights.count == 2


async def test_who_fails_lets_the_next_one_ask() -> None:
    flights = Flights()
    asked: list[int] = []

    async def ask(n: int) -> None:
        await flights.join("q", never)
        asked.append(n)
        await asyncio.sleep(0)
        if n == 0:
            raise ValueError

    results = await asyncio.gather(*(ask(n) for n in range(4)), return_exceptions=True)
    assert sorted(asked) == [0, 1, 2, 3]
    assert sum(isinstance(result, ValueError) for result in results) == 1
    await asyncio.sleep(0)
    assert flights.count == 0


async def test_a_cancelled_task_lets_the_others_go_on() -> None:
    flights = Flights()
    started = asyncio.Event()

    async def slow() -> None:
        await flights.join("q", never)
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await started.wait()
    waiting = asyncio.create_task(flights.join("q", never))
    await asyncio.sleep(0)
    task.cancel()
    assert not await asyncio.wait_for(waiting, 1)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_nobody_waits_for_ever() -> None:
    flights = Flights(wait_s=0.01)

    async def leader() -> None:
        await flights.join("q", never)
        await asyncio.sleep(10)

    task = asyncio.create_task(leader())
    await asyncio.sleep(0)
    assert not await asyncio.wait_for(flights.join("q", never), 1)
    task.cancel()


async def test_who_waits_and_leaves_does_not_end_the_flight() -> None:
    flights = Flights()
    hold = asyncio.Event()

    async def leader() -> None:
        await flights.join("q", never)
        await hold.wait()

    task = asyncio.create_task(leader())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(flights.join("q", never))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    assert flights.count == 1
    hold.set()
    await task
