"""Answers and pages that the grounding rules can't read: a person decides, never `grounded`.

The whole pipeline with the real grounding check over real pages; only the model is a fake.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from validators.base import KnowledgeBase
from validators.grounding.validator import Grounding
from validators.knowledge.knowledge import load_knowledge
from validators.offload import Offload
from validators.run import Check

PAGE = """# Returns

Parcels may go back within 30 days of delivery. The label is free of charge.
We refund the price within 5 working days after the parcel has arrived.
"""
GOOD = "Parcels may go back within 30 days of delivery."
TAKES_OVER = "A colleague takes over."
TENTHS = 10

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def asked(labs: Any, kit: Any, tmp_path: Path) -> AsyncIterator[Ask]:
    """Return `ask(answer, page=..., stream=..., **body)`: what comes of a model's answer."""
    offload = Offload(1)

    def pages(text: str) -> KnowledgeBase:
        (tmp_path / "page.md").write_text(text)
        return load_knowledge(tmp_path, ["page.md"])

    async def ask(answer: str, *, page: str = PAGE, **body: Any) -> Any:
        knowledge = await asyncio.to_thread(pages, page)
        check = Check(await asyncio.to_thread(Grounding, knowledge, offload), 30_000)
        lab = await labs(kit.says(answer, chunk=200), knowledge=knowledge, checks=[check])
        reply = await lab.ask("returns: how long may I return a parcel?", **body)
        return reply, lab

    yield ask
    offload.close()


async def not_passed(reply: Any, lab: Any, verdict: str | None) -> dict[str, Any]:
    """Hold what must hold of any such answer; return the packet."""
    assert reply.status == 200
    assert reply.handrail["action"] == "escalate"
    assert reply.handrail["verdict"] != "grounded"
    if verdict:
        assert reply.handrail["verdict"] == verdict
    [packet] = await lab.packets()
    return dict(packet)


@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_page_says_is_delivered(asked: Ask, *, stream: bool) -> None:
    reply, _ = await asked(GOOD, stream=stream)
    assert reply.text == GOOD
    assert reply.handrail["verdict"] == "grounded"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        "Pakete können innerhalb von 30 Tagen nach der Lieferung zurückgeschickt werden.",
        "Los paquetes se pueden devolver en los 30 días siguientes a la entrega.",
        "Les colis peuvent être renvoyés dans les 30 jours suivant la livraison.",
        "Paket kan skickas tillbaka inom 30 dagar efter leverans.",
        "Paczki można odesłać w ciągu 30 dni od dostawy.",
        "Ja, das geht. Sie haben 30 Tage Zeit.",
        "小包は配達後30日以内に返送できます。",
        "Посылки можно вернуть в течение 30 дней.",
    ],
)
async def test_another_language_than_the_pages_is_not_checked(
    asked: Ask, answer: str, *, stream: bool
) -> None:
    reply, lab = await asked(answer, stream=stream)
    packet = await not_passed(reply, lab, "not_checked")
    assert reply.handrail["reason"] == "check_failed"
    assert answer.split(maxsplit=1)[0] not in reply.text
    assert reply.text.startswith(TAKES_OVER)
    [claim, *_] = packet["claims"]
    assert claim["verdict"] == "not_checkable"
    assert claim["reason"].startswith("This part of the answer can't be compared with the pages: ")


async def test_one_foreign_sentence_among_supported_ones_is_enough(asked: Ask) -> None:
    reply, lab = await asked(f"{GOOD} Das Etikett ist für Sie kostenlos.")
    packet = await not_passed(reply, lab, "not_checked")
    assert [claim["verdict"] for claim in packet["claims"]] == ["supported", "not_checkable"]


async def test_pages_in_another_language_check_no_english_answer(asked: Ask) -> None:
    page = (
        "# Rückgabe\n\nPakete können innerhalb von 30 Tagen nach der Lieferung an uns "
        "zurückgeschickt werden. Das Etikett ist kostenlos. Returns: parcels 30 days delivery.\n"
    )
    reply, lab = await asked(GOOD, page=page)
    packet = await not_passed(reply, lab, "not_checked")
    assert "the pages that were found are not in English" in packet["claims"][0]["reason"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        f"```python\n{GOOD}\n```",
        "```\nreturns = 30\nif days <= returns:\n    accept()\n```",
        '{"answer": "Parcels may go back within 30 days of delivery."}',
        '[{"days": 30, "free": true}, {"days": 60, "free": false}]',
        "| Item | Days |\n| --- | --- |\n| Parcels | 60 days of delivery |\n",
        "<table><tr><td>Parcels</td><td>60 days</td></tr></table>",
        "return_days = 60;\nfree_label = true;\n",
        "SELECT days FROM returns WHERE item = 'parcel';",
    ],
)
async def test_code_tables_and_data_go_to_a_person(
    asked: Ask, answer: str, *, stream: bool
) -> None:
    reply, lab = await asked(answer, stream=stream)
    await not_passed(reply, lab, None)


async def test_structured_output_is_not_taken_for_checked(asked: Ask) -> None:
    answer = json.dumps({"answer": GOOD, "sources": ["returns"]})
    reply, lab = await asked(answer, response_format={"type": "json_object"})
    await not_passed(reply, lab, "not_checked")
    assert reply.text == ""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        " ".join([GOOD] * (200_000 // len(GOOD))),
        "parcels " * 25_000,
        "x" * 200_000,
        "30 days, " * 22_000,
    ],
    ids=["supported sentences", "no full stop", "one word", "one list"],
)
async def test_an_endless_answer_ends_with_a_person(
    asked: Ask, answer: str, *, stream: bool
) -> None:
    reply, lab = await asked(answer, stream=stream)
    packet = await not_passed(reply, lab, None)
    assert len(reply.text) < len(answer) // 2
    assert len(json.dumps(packet)) < TENTHS * len(answer)


@pytest.mark.parametrize("stream", [False, True])
async def test_without_a_page_nothing_is_supported(labs: Any, kit: Any, *, stream: bool) -> None:
    class NoPages:
        revision = "none"

        def search(self, query: str, **_: Any) -> tuple[()]:
            del query
            return ()

        def pages(self, source_ids: Any) -> tuple[()]:
            del source_ids
            return ()

    offload = Offload(1)
    check = Check(await asyncio.to_thread(Grounding, NoPages(), offload), 30_000)
    lab = await labs(kit.says(GOOD), knowledge=NoPages(), checks=[check])
    packet = await not_passed(await lab.ask("returns: how long?", stream=stream), lab, "ungrounded")
    reason = "The answer says 30 days, and no page was found that says anything about this."
    assert packet["claims"][0]["reason"] == reason
    assert packet["claims"][0]["evidence"] == []
    offload.close()


def test_a_source_without_pages_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file matches"):
        load_knowledge(tmp_path, ["*.md"])
    (tmp_path / "empty.md").write_text("")
    with pytest.raises(ConfigError, match=r"empty\.md: is empty"):
        load_knowledge(tmp_path, ["*.md"])
