"""What many tests share: a small shop behind a fake model, and a loop that must not block.

Everything outside the process is a fake; everything inside is built by `proxy/wiring.py`,
with real files in a temporary folder.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote

import pytest
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import Evidence
from policies.load import load_policy
from policies.messages import Message, Role
from policies.policy import OUT_OF_SCOPE, Money, Policy, Risk
from policies.text import Raw, Redacted
from policies.turn import Classification, Turn
from proxy.models.base import Finished, ModelEvent, Opened, TextDelta, UsageReport
from validators.base import Scope
from validators.run import Check

# A busy machine is no failure.
settings.register_profile("handrail", deadline=None)
settings.load_profile("handrail")

PACKAGES = ["policies", "validators", "cache", "proxy"]
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}

POLICY = """
version = 1
id = "shop"
[defaults]
min_confidence = 0.70
owner = "support"
queue = "support"
escalation_text.en = "A colleague takes over. Your reference is {reference}."
escalation_text.de = "Jemand hilft gleich weiter. Die Referenz ist {reference}."
unavailable_text = "Nobody can be reached right now."
refusal_text = "That is not something to help with."
[defaults.rates]
USD = 0.9
[intents.returns]
examples = ["how long may I return a parcel"]
[intents.trimming]
examples = ["tell me about parcels"]
on_ungrounded = "rewrite"
[intents.whole]
examples = ["tell me everything"]
release = "answer"
[intents.order]
examples = ["where is my order"]
cache = false
[intents.premium]
examples = ["a hard question"]
tier = "strong"
[intents.refund]
examples = ["money back"]
max_amount = { value = 100, currency = "EUR" }
[intents.dispute]
examples = ["I dispute this"]
automation = "human"
queue = "disputes"
[intents.fraud]
examples = ["someone used my card"]
automation = "immediate"
cache = false
queue = "fraud"
escalation_text = "Your card is being looked at now. Reference {reference}."
[risks.self_harm]
automation = "immediate"
queue = "care"
escalation_text = "You are not alone. Reference {reference}."
[risks.asks_for_human]
automation = "human"
"""

CONFIG = """
version = 1
[server]
port = 0
admin_port = 0
[providers.fake]
kind = "extractive"
[models.small]
provider = "fake"
model = "small-1"
price = {{ input = 1.0, output = 2.0 }}
[models.big]
provider = "fake"
model = "big-1"
[tiers.standard]
models = ["small"]
retries = 0
[tiers.strong]
models = ["big"]
[aliases.bot]
tiers = ["standard", "strong"]
[aliases.titles]
tiers = ["standard"]
profile = "utility"
[knowledge]
sources = ["pages/*.md"]
watch = false
[policy]
file = "policy.toml"
{extra}
"""

PAGE = "# Returns\n\nParcels may go back within 30 days of delivery.\n"


def missing(reason: str) -> NoReturn:
    """Skip for want of something on this machine; on CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """Return what to call when a test can't run here."""
    return missing


@pytest.fixture
def never_blocks() -> Iterator[BlockBuster]:
    """Raise `BlockingError` wherever the project's code blocks the event loop."""
    with blockbuster_ctx(PACKAGES) as blocked:
        # One stat of a local file per request tells whether a key was revoked; a changed file
        # of keys is read once.
        blocked.functions["os.stat"].can_block_in("proxy/keys.py", {"entries"})
        blocked.functions["io.TextIOWrapper.read"].can_block_in("proxy/keys.py", {"_read"})
        yield blocked


async def until(condition: Callable[[], object]) -> None:
    """Wait for other tasks until something is true, a minute at most."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for knows nothing of events
            await asyncio.sleep(0.001)


Step = ModelEvent | Exception | asyncio.Event
Play = Sequence[Step] | Callable[[Mapping[str, Any]], Sequence[Step]]


def says(text: str, *, chunk: int = 0, choices: int = 1, reason: str = "stop") -> list[Step]:
    """Return the events of a model that says `text`, `chunk` characters at a time."""
    size = chunk or max(1, len(text))
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    spoken = [TextDelta(n, piece) for piece in pieces for n in range(choices)]
    ends = [Finished(n, reason) for n in range(choices)]
    return [Opened(id="up-1", model="small-1-0625"), *spoken, *ends, UsageReport(USAGE)]


def echo(request: Mapping[str, Any]) -> list[Step]:
    """Say what the customer said: a play for `FakeModel`."""
    return says(request["messages"][-1]["content"], chunk=3)


class FakeModel:
    """Plays what it is given, call by call; the last play serves all further calls."""

    provider = "fake"
    system = "fake"
    local = True

    def __init__(self, *plays: Play) -> None:
        self.plays = list(plays) or [says("Parcels go back within 30 days.")]
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.reading = 0
        self.broken_off = 0
        self.closed = 0

    async def stream(
        self,
        model: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,  # noqa: ARG002 - the protocol's
    ) -> AsyncIterator[ModelEvent]:
        self.calls.append((model, request))
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        play = play(request) if callable(play) else play
        self.reading += 1
        done = False
        try:
            for step in play:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    done = True
                    raise step
                else:
                    yield step
            done = True
        finally:
            self.reading -= 1
            self.broken_off += not done

    async def close(self) -> None:
        self.closed += 1

    @property
    def sent(self) -> str:
        """Everything that went to the model, as text."""
        return json.dumps([request for _, request in self.calls], default=dict)


class FakeClassifier:
    """Reads the intent off the message: `returns: how long may I keep it?`"""

    async def classify(self, conversation: Sequence[Message]) -> Classification:
        said = [m.text for m in conversation if m.role is Role.USER]
        last = said[-1] if said else ""
        if "UNCLASSIFIABLE" in last:
            raise RuntimeError(last)
        intent = last.partition(":")[0] if ":" in last else OUT_OF_SCOPE
        risks = {Risk.SELF_HARM: 0.9} if "HARM" in last else {}
        risks |= {Risk.ASKS_FOR_HUMAN: 0.9} if "PERSON PLEASE" in last else {}
        amounts = (Money(500, "EUR"),) if "500 EUR" in last else ()
        in_scope = intent != OUT_OF_SCOPE
        return Classification(intent, 0.9, in_scope=in_scope, risks=risks, amounts=amounts)


class FakeCheck:
    """Judges a text by marks in it; without any mark every sentence is supported.

    WRONG is in no page, MINE only in the customer's own facts, GREETING claims nothing,
    BROKEN makes the check raise, SLOW makes it take too long.
    """

    sends_text_out = False

    def __init__(self, scope: Scope = Scope.SENTENCE, name: str = "grounding") -> None:
        self.scope = scope
        self.name = name
        self.seen: list[str] = []

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:  # noqa: ARG002 - the protocol's
        self.seen.append(text)
        if "BROKEN" in text:
            raise RuntimeError(text)
        if "SLOW" in text:
            await asyncio.Event().wait()
        if "GREETING" in text or not text.strip():
            return []
        wrong = "WRONG" in text
        page = Evidence("returns", "Returns", "Parcels may go back within 30 days of delivery.")
        claim = Claim(
            text=text,
            span=(0, len(text)),
            verdict=ClaimVerdict.NOT_FOUND if wrong else ClaimVerdict.SUPPORTED,
            score=0.1 if wrong else 0.95,
            evidence=() if wrong else (page,),
            shared="MINE" not in text,
        )
        kind, severity = (Reason.NOT_IN_KB, Severity.FAIL) if wrong else (None, Severity.INFO)
        return [Finding(self.name, kind, severity, score=claim.score, span=claim.span, claim=claim)]


@dataclass
class Reply:
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def chunks(self) -> list[dict[str, Any]]:
        """The data of each server-sent event but `[DONE]`."""
        lines = self.body.decode().split("\n\n")
        data = [line.removeprefix("data: ") for line in lines if line]
        return [json.loads(item) for item in data if item != "[DONE]"]

    @property
    def _choices(self) -> list[dict[str, Any]]:
        if not self.headers["content-type"].startswith("text/event-stream"):
            return [{**c, "delta": c["message"]} for c in self.json()["choices"]]
        return [c for chunk in self.chunks for c in chunk.get("choices", ())]

    def said(self, field: str = "content", choice: int = 0) -> str:
        """Join one field of all messages or deltas of a choice."""
        deltas = [c["delta"] for c in self._choices if c["index"] == choice]
        return "".join(delta.get(field) or "" for delta in deltas)

    @property
    def text(self) -> str:
        return self.said()

    @property
    def finish(self) -> str | None:
        reasons = [c["finish_reason"] for c in self._choices]
        return next((reason for reason in reasons if reason), None)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The tool calls."""
        return [call for c in self._choices for call in c["delta"].get("tool_calls") or ()]

    @property
    def handrail(self) -> dict[str, Any]:
        """The verdict, wherever it is."""
        if not self.headers["content-type"].startswith("text/event-stream"):
            found: dict[str, Any] = self.json()["handrail"]
            return found
        return next(chunk["handrail"] for chunk in self.chunks if "handrail" in chunk)


class Exchange:
    """One request to an ASGI application, under way. The client can leave."""

    def __init__(self, app: Any, scope: Mapping[str, Any], body: bytes, room: int = 0) -> None:
        self._sent: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(room)
        self._left = asyncio.Event()
        self._bodies = [{"type": "http.request", "body": body, "more_body": False}]
        self.task = asyncio.ensure_future(app(dict(scope), self._receive, self._sent.put))

    async def _receive(self) -> Mapping[str, Any]:
        if self._bodies:
            return self._bodies.pop(0)
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def message(self) -> Mapping[str, Any]:
        """Return the next ASGI message."""
        return await self._sent.get()

    def leave(self) -> None:
        """Close the connection."""
        self._left.set()

    async def reply(self) -> Reply:
        """Read to the end."""
        await self.task
        messages = [self._sent.get_nowait() for _ in range(self._sent.qsize())]
        start = messages[0]
        headers = {k.decode(): v.decode("latin-1") for k, v in start["headers"]}
        return Reply(start["status"], headers, b"".join(m.get("body", b"") for m in messages[1:]))


class Client:
    """Calls an ASGI application in this process, in this task."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def open(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        room: int = 0,
    ) -> Exchange:
        """Begin a request; `body` is bytes as they are, or anything for JSON.

        With `room`, sending stalls once so many messages have not been read.
        """
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        plain, _, query = path.partition("?")
        given = {"host": "localhost", "content-length": str(len(raw)), **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(plain),
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        return Exchange(self._app, scope, raw, room)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make a request and read the whole answer."""
        return await self.open(method, path, body, headers).reply()


@dataclass
class Lab:
    """A running shop."""

    live: Any
    stores: Any
    telemetry: Any
    model: FakeModel
    check: FakeCheck
    proxy: Client
    admin: Client
    loaded: Any
    folder: Path

    @property
    def snapshot(self) -> Any:
        return self.live.current

    def open(
        self,
        said: str | list[Any],
        *,
        headers: Mapping[str, str] | None = None,
        room: int = 0,
        **body: Any,
    ) -> Exchange:
        """Begin a chat completion: one message of the customer, or a whole conversation."""
        messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
        full = {"model": "bot", "messages": messages, **body}
        return self.proxy.open("POST", "/v1/chat/completions", full, headers, room)

    async def ask(
        self, said: str | list[Any], *, headers: Mapping[str, str] | None = None, **body: Any
    ) -> Reply:
        """Ask and read the whole answer."""
        return await self.open(said, headers=headers, **body).reply()

    async def settle(self) -> None:
        """Wait until everything is written."""
        await self.snapshot.pipeline.drain()
        await self.stores.writer.flush()

    async def records(self) -> list[dict[str, Any]]:
        """Return the decision records, newest first."""
        await self.settle()
        return list(await asyncio.to_thread(self.stores.records.decisions))

    async def packets(self) -> list[dict[str, Any]]:
        """Return the packets of all handoffs, newest first."""
        await self.settle()
        rows = await asyncio.to_thread(self.stores.records.handoffs)
        found = [await asyncio.to_thread(self.stores.records.handoff, row["id"]) for row in rows]
        return [handoff["packet"] for handoff in found]

    @property
    def spans(self) -> list[str]:
        """The names of the finished spans in the order in which they began."""
        return [s.name for s in sorted(self.telemetry.spans, key=lambda s: s.start_s)]


@dataclass
class Parts:
    """What a test may put in the place of the usual."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Personal values and their types."""
    redactor: Any = None
    classifier: Any = None
    knowledge: Any = None
    """None: the pages in the shop's own folder."""
    store: Any = None
    cache: Any = None
    checks: Sequence[Check] | None = None
    files: bool = False
    """Keep records and cache in real files."""
    base: str = CONFIG
    config: str = ""
    policy: str = POLICY
    models: Mapping[str, FakeModel] = field(default_factory=dict)
    """By name; `small` and `big` are the first model otherwise."""
    fallback: bool = False
    """The tier `standard` tries `big` after `small`."""
    retries: int = 0


MakeLab = Callable[..., Awaitable[Lab]]


@pytest.fixture(scope="session")
def one_page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a knowledge base that all tests can share: nothing changes it."""
    from validators.knowledge.knowledge import load_knowledge  # noqa: PLC0415 - heavy

    folder = tmp_path_factory.mktemp("pages")
    (folder / "returns.md").write_text(PAGE)
    return load_knowledge(folder, ["*.md"])


@pytest.fixture
async def labs(tmp_path: Path, never_blocks: BlockBuster, one_page: Any) -> AsyncIterator[MakeLab]:
    """Return `make(*plays, **parts)`; see `Parts`."""
    made: list[Lab] = []

    async def make(*plays: Play, **given: Any) -> Lab:
        parts = Parts(**{"knowledge": one_page, **given})
        folder = tmp_path / f"shop{len(made)}"
        lab = await asyncio.to_thread(_build, folder, FakeModel(*plays), parts)
        made.append(lab)
        return lab

    yield make
    for lab in made:
        await asyncio.wait_for(lab.snapshot.pipeline.close(), 5)
    never_blocks.deactivate()  # at the end of a process nobody is waiting any more
    for lab in made:
        await lab.stores.close()


@pytest.fixture
async def lab(labs: MakeLab) -> Lab:
    """The usual shop: one model that answers well."""
    return await labs()


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Return the test shop's policy."""
    path = tmp_path_factory.mktemp("policy") / "policy.toml"
    path.write_text(POLICY)
    return load_policy(path)


@pytest.fixture
def make_turn(policy: Policy) -> Callable[..., Turn]:
    """Return a maker of turns that have been redacted and classified."""

    def make(said: str = "returns: how long?", intent: str = "returns", **changes: Any) -> Turn:
        fields: dict[str, Any] = {
            "id": "hr_1",
            "request_id": "req_1",
            "created": 1_700_000_000.0,
            "received": Raw({}),
            "alias": "bot",
            "policy": policy,
            "request": {"model": "bot", "messages": [{"role": "user", "content": said}]},
            "conversation": (Message(Role.USER, Redacted(said)),),
            "classification": Classification(intent, 0.9),
            "knowledge_revision": "kb1",
            "stream": True,
        }
        return Turn(**{**fields, **changes})

    return make


@pytest.fixture
def kit() -> Any:
    """The classes above, for tests that build by hand."""
    return _Kit


class _Kit:
    says = staticmethod(says)
    echo = staticmethod(echo)
    until = staticmethod(until)
    FakeModel = FakeModel
    FakeCheck = FakeCheck
    FakeClassifier = FakeClassifier
    Client = Client
    POLICY = POLICY
    CONFIG = CONFIG
    PAGE = PAGE
    USAGE = USAGE


def _build(folder: Path, model: FakeModel, parts: Parts) -> Lab:
    from proxy.api.app import admin_app, proxy_app  # noqa: PLC0415 - heavy, and not for all tests
    from proxy.config.load import load_config  # noqa: PLC0415
    from proxy.snapshot import Live  # noqa: PLC0415
    from proxy.telemetry.memory import MemoryTelemetry  # noqa: PLC0415
    from proxy.wiring import Overrides, build, open_stores  # noqa: PLC0415
    from validators.testing import FakeRedactor  # noqa: PLC0415

    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "returns.md").write_text(PAGE)
    (folder / "policy.toml").write_text(parts.policy)
    config = "validators = []\n" + parts.base.format(extra=parts.config)
    (folder / "config.toml").write_text(config)
    loaded = load_config(folder / "config.toml")
    telemetry = MemoryTelemetry()
    stores = open_stores(loaded, telemetry) if parts.files else _in_memory(folder, telemetry)
    overrides = Overrides(
        redactor=parts.redactor or FakeRedactor(parts.values),
        classifier=parts.classifier or FakeClassifier(),
        knowledge=parts.knowledge,
    )
    check = FakeCheck()
    checks = [Check(check, 50)] if parts.checks is None else parts.checks
    snapshot = _with_fakes(build(loaded, stores, overrides), model, checks, parts)
    live = Live(snapshot)
    proxy, admin = Client(proxy_app(live)), Client(admin_app(live))
    return Lab(live, stores, telemetry, model, check, proxy, admin, loaded, folder)


def _in_memory(folder: Path, telemetry: Any) -> Any:
    """Return stores that need no disk: hundreds of tests are quicker for it."""
    from cache.memory import MemoryCacheStore  # noqa: PLC0415 - heavy, and not for all tests
    from proxy.keys import KeyFile  # noqa: PLC0415
    from proxy.records.memory import MemoryRecordStore  # noqa: PLC0415
    from proxy.records.writer import RecordWriter  # noqa: PLC0415
    from proxy.wiring import Stores  # noqa: PLC0415
    from validators.offload import Offload  # noqa: PLC0415

    records, io = MemoryRecordStore(), Offload(2, "test-io")
    return Stores(
        data_dir=folder,
        master=b"a master secret for tests only",
        offload=Offload(1),
        io=io,
        records=records,
        writer=RecordWriter(records, io),
        cache=MemoryCacheStore(),
        keys=KeyFile(folder / "keys.json"),
        telemetry=telemetry,
        metrics=lambda: (b"", "text/plain"),
    )


def _with_fakes(snapshot: Any, model: FakeModel, checks: Sequence[Check], parts: Parts) -> Any:
    """Put fake models, checks and stores into a pipeline that wiring has built."""
    from proxy.gates import TierPlan  # noqa: PLC0415 - heavy, and not for all tests
    from proxy.models.fallback import Target  # noqa: PLC0415
    from proxy.models.price import Price  # noqa: PLC0415
    from proxy.pipeline import Pipeline  # noqa: PLC0415

    def target(name: str) -> Target:
        return Target(name, parts.models.get(name, model), f"{name}-1", 5.0, Price(1.0, 2.0))

    plain = [target("small"), *([target("big")] if parts.fallback else [])]
    tiers = {
        "standard": TierPlan(plain, parts.retries, 10.0),
        "strong": TierPlan([target("big")], 0, 10.0),
    }
    old = snapshot.pipeline.parts
    stages = []
    for stage in old.stages:
        changes: dict[str, Any] = {}
        if stage.name == "classify":
            changes["checks"] = checks
        if stage.name == "hand_over":
            changes["closeness"] = None  # the encoder would be loaded anew for each shop
            if parts.store is not None:
                changes["store"] = parts.store
        if stage.name in ("look_up", "remember") and parts.cache is not None:
            changes["cache"] = parts.cache
        stages.append(replace(stage, **changes))
    gate = replace(old.gate, tiers=tiers, checks=checks)
    pipeline = Pipeline(replace(old, stages=tuple(stages), gate=gate))

    async def settled() -> None:
        await pipeline.drain()

    return replace(snapshot, pipeline=pipeline, checks=checks, settled=settled)
