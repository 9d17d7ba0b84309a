import asyncio
import threading

import pytest

from validators.offload import Offload


async def test_a_function_runs_in_a_thread_of_its_own() -> None:
    offload = Offload(name="worker")

    def where(first: int, *, second: int) -> tuple[int, str]:
        return first + second, threading.current_thread().name

    total, name = await offload.run(where, 1, second=2)
    offload.close()
    assert total == 3
    assert name.startswith("worker")


async def test_the_loop_goes_on_meanwhile() -> None:
    offload, may_end = Offload(), threading.Event()
    task = asyncio.create_task(offload.run(may_end.wait, 30))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    assert await task
    offload.close()


async def test_no_more_than_the_limit_run_at_once() -> None:
    offload, lock, gate = Offload(2), threading.Lock(), threading.Barrier(2)
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(30)
        with lock:
            running -= 1

    await asyncio.gather(*(offload.run(work) for _ in range(8)))
    offload.close()
    assert most == 2


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), TimeoutError()])
async def test_errors_come_back(error: Exception) -> None:
    def fail() -> None:
        raise error

    offload = Offload()
    with pytest.raises(type(error)) as raised:
        await offload.run(fail)
    offload.close()
    assert raised.value.args == error.args


async def test_an_exhausted_iterator_does_not_hang_its_caller() -> None:
    offload = Offload()
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(offload.run(next, iter(())), 30)
    offload.close()


async def test_after_closing_nothing_starts() -> None:
    offload = Offload()
    offload.close()
    with pytest.raises(RuntimeError, match="shutdown"):
        await offload.run(int)
