"""The record of one decision."""

from policies.policy import Automation, Risk
from proxy.schemas.parts import TEXT, Schema, claim, document, many, one_of, table, verdict_head
from proxy.schemas.parts import values as values_of


def decision_schema() -> Schema:
    """Return the schema of what /handrail/v1/check answers and /decisions keeps."""
    own: dict[str, Schema] = {
        "claims": many(claim()),
        "automation": one_of(*values_of(Automation)),
        "risk": many(one_of(*values_of(Risk))),
        "answer": {
            "type": ["string", "null"],
            "description": "the answer that was checked, with placeholders",
        },
        "explanation": {**many(TEXT), "description": "the rules that fired, in order"},
        "versions": table(config=TEXT, policy=TEXT, calibration=TEXT, knowledge=TEXT, models=TEXT),
    }
    body = table(["version", "id", "action", "verdict"], **{**verdict_head(), **own})
    return document(
        "decision:1",
        "A decision and everything it rests on",
        "Text holds placeholders, never the values behind them.",
        body,
    )
