from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.config.load import load_config
from proxy.handoff.sinks.chatwoot import ChatwootSink
from proxy.handoff.sinks.file import FileSink
from proxy.handoff.sinks.webhook import WebhookSink
from proxy.handoff.sinks.zendesk import ZendeskSink
from proxy.sinks import build_sinks
from validators.offload import Offload

CONFIG = """version = 1
[aliases."*"]
tiers = ["standard"]
[tiers.standard]
models = ["pages"]
[models.pages]
provider = "pages"
model = "extractive"
[providers.pages]
kind = "extractive"
[handoff.sinks.hook]
url = "https://desk.example/hook"
secret = "env:NEW"
previous_secret = "env:OLD"
timeout_s = 3
retry_s = 1
max_attempts = 7
[handoff.sinks.tickets]
kind = "zendesk"
url = "https://shop.zendesk.com"
user = "bot@shop.example"
token = "env:TOKEN"
group_id = 4
[handoff.sinks.chats]
kind = "chatwoot"
url = "https://app.chatwoot.com"
token = "env:TOKEN"
account_id = 1
inbox_id = 2
own_conversations = true
[handoff.sinks.files]
kind = "file"
folder = "out"
"""
ENVIRON = {"NEW": "whsec_" + "A" * 44, "OLD": "whsec_" + "B" * 44, "TOKEN": "hunter2"}


@pytest.fixture
def io() -> Iterator[Offload]:
    made = Offload(1, "test-sinks")
    yield made
    made.close()


def test_every_kind_is_built_with_what_was_written(tmp_path: Path, io: Offload) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    sinks = build_sinks(load_config(tmp_path / "config.toml", ENVIRON), io)
    assert {name: sink.name for name, sink in sinks.items()} == {n: n for n in sinks}
    hook, tickets, chats, files = sinks.values()
    assert isinstance(hook, WebhookSink)
    assert (hook.timeout_s, hook.retry_s, hook.max_attempts) == (3, 1, 7)
    assert [len(key) for key in hook.keys] == [33, 33]
    assert hook.keys[0] != hook.keys[1]
    assert isinstance(tickets, ZendeskSink)
    assert (tickets.user, tickets.token, tickets.group_id) == ("bot@shop.example", "hunter2", 4)
    assert isinstance(chats, ChatwootSink)
    assert (chats.account_id, chats.inbox_id, chats.own_conversations) == (1, 2, True)
    assert isinstance(files, FileSink)
    assert files.folder == tmp_path / "out"
