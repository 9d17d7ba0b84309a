"""The tables of the record store. Types that SQLite and PostgreSQL share."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 1

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
    Column("handoff_id", String, ForeignKey("handoffs.id"), primary_key=True),
    Column("sink", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", String, nullable=False),
    Index("outbox_status", "status"),
)
