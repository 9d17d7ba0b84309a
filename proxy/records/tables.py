"""The tables of the record store. Types that SQLite and PostgreSQL share."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 2

metadata = MetaData()
_number = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("created_at", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("action", String, nullable=False),
    Column("intent", String),
    Column("conversation", String, nullable=False),
    Column("customer_ref", String),
    Column("record", Text, nullable=False),
    Index("decisions_conversation", "tenant", "conversation"),
    Index("decisions_customer", "tenant", "customer_ref"),
    Index("decisions_created", "created_at"),
    sqlite_autoincrement=True,
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("idempotency_key", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("queue", String),
    Column("owner", String, nullable=False),
    Column("priority", String),
    Column("reason", String, nullable=False),
    Column("intent", String),
    Column("conversation_id", String, nullable=False),
    Column("customer_ref", String),
    Column("due_at", String),
    Column("packet", Text, nullable=False),
    Index("handoffs_status", "status", "seq"),
    Index("handoffs_conversation", "tenant", "conversation_id"),
    Index("handoffs_customer", "tenant", "customer_ref"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False),
    Column("sink", String, nullable=False),
    Column("handoff_id", String, ForeignKey("handoffs.id"), nullable=False),
    Column("type", String, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", String, nullable=False),
    # Unix times: they are compared with a clock that may jump.
    Column("due_at", Double, nullable=False),
    Column("lease", String),
    Column("lease_until", Double),
    Column("finished_at", String),
    Column("error", String),
    Column("reference", String),
    # Of other events than a new handoff, whose data is its packet.
    Column("data", Text),
    UniqueConstraint("event_id", "sink"),
    Index("outbox_due", "sink", "status", "due_at"),
    Index("outbox_handoff", "handoff_id"),
    sqlite_autoincrement=True,
)

cases = Table(
    "cases",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("id", String, ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False),
    Column("tenant", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    # Names the conversation while a person is awaited; empty otherwise. Unique, so that two
    # requests at once open one handoff.
    Column("active", String, unique=True),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("agent", String),
    Column("owner", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("backup", String),
    Column("reason", String, nullable=False),
    Column("intent", String),
    Column("priority", String, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("due_at", Double),
    Column("claimed_at", Double),
    Column("replied_at", Double),
    Column("closed_at", Double),
    Column("reopened", Integer, nullable=False),
    Column("outcome", Text),
    UniqueConstraint("id"),
    Index("cases_state", "state", "seq"),
    Index("cases_conversation", "tenant", "conversation_id"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("handoff_id", String, ForeignKey("handoffs.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("author", String),
    Column("kind", String),
    # Of a reply that is on its way to the customer; a time, so that a crash gives it back.
    Column("taken_until", Double),
    Column("delivered_at", Double),
    UniqueConstraint("handoff_id", "key"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", _number, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("target", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_target", "target", "seq"),
    sqlite_autoincrement=True,
)
