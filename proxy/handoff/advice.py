"""What helps the agent to answer: goal, what was tried, a marked draft, a suggestion. Pure.

Extractive throughout: every sentence is one that the customer, the bot or a page has written.
"""

from typing import Any

from policies.findings import ClaimVerdict
from policies.knowledge import Audience
from policies.messages import Message, Role
from policies.policy import Automation
from policies.routing import routing
from policies.turn import Turn
from proxy.models.pieces import content_words
from proxy.models.select import Closeness, select
from proxy.records.views import shortened, unique

_QUOTE = 500
_MOST_TRIED = 10
_WORST_FIRST = (ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_FOUND, ClaimVerdict.SUPPORTED)


def advice(turn: Turn, closeness: Closeness | None = None) -> dict[str, Any]:
    """Return the fields of a packet that advise the agent; text with placeholders only.

    With `closeness` a suggestion must be near the question in meaning, not only in words.
    """
    goes_to, _ = routing(turn)
    about = turn.policy.rule(turn.intent).routing
    return {
        "goal": goal(turn),
        "tried": tried(turn),
        "suggested_reply": suggestion(turn, closeness),
        "next_steps": unique([*goes_to.next_steps, *about.next_steps]),
    }


def goal(turn: Turn) -> dict[str, Any]:
    """Return what the customer wants: the message that says most, and the intent it has.

    "A person please!" says nothing about the matter, so neither the first nor the last message
    is always the one: of all, that with the most words of content is.
    """
    said = [m.text for m in turn.conversation if m.role is Role.USER]
    fullest = max(said, key=lambda text: len(content_words(text)), default="")
    rule = turn.policy.rule(turn.intent)
    about = {"text": shortened(fullest, _QUOTE), "intent": turn.intent}
    return {**about, "description": rule.description} if rule.description else about


def tried(turn: Turn) -> list[dict[str, str]]:
    """Return what was done before, oldest first: answers and tool calls, then pages found."""
    before = [_step(m) for m in turn.conversation if m.role is Role.ASSISTANT and m.text.strip()]
    pages = unique(p.title or p.source_id for p in turn.sources)
    steps = [*before[-_MOST_TRIED:], *({"kind": "page", "text": title} for title in pages)]
    return steps[-2 * _MOST_TRIED :]


def sentences(turn: Turn) -> list[dict[str, Any]]:
    """Return the draft sentence by sentence, with what the checks say about each."""
    judged = [f for f in turn.findings if f.claim is not None]
    marked = []
    for answer in turn.answers:
        for n, sentence in enumerate(answer.sentences):
            mine = [
                (f"c{number}", finding)
                for number, finding in enumerate(judged, 1)
                if (finding.choice, finding.sentence) == (answer.choice, n)
            ]
            verdicts = {finding.claim.verdict for _, finding in mine if finding.claim}
            marked.append(
                {
                    "text": sentence.text,
                    "choice": answer.choice,
                    "sent": sentence.released,
                    "verdict": next((v.value for v in _WORST_FIRST if v in verdicts), None),
                    "claims": [name for name, _ in mine],
                    "reason": " ".join(unique(f.reason for _, f in mine if f.reason)),
                }
            )
    return marked


def suggestion(turn: Turn, closeness: Closeness | None = None) -> str | None:
    """Return a reply in the sentences of the pages, for the agent to edit.

    None where no page answers, and for what can't wait: a page is no comfort.
    """
    if turn.automation is Automation.IMMEDIATE:
        return None
    pages = [page for page in turn.sources if page.audience is Audience.CUSTOMER]
    asked = next((text for text in (turn.question, goal(turn)["text"]) if text.strip()), "")
    return select(asked, pages, closeness) or None


def _step(message: Message) -> dict[str, str]:
    if message.tool_call:
        return {"kind": "tool", "text": message.text.partition(" ")[0]}
    return {"kind": "answer", "text": shortened(message.text, _QUOTE)}
