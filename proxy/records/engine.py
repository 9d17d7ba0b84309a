"""Opening a database: files and rights, pragmas, the schema's version."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Error as SqliteError
from sqlite3 import OperationalError as SqliteOperationalError
from threading import Event

from sqlalchemy import (
    URL,
    Engine,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from policies.errors import StoreError
from proxy.records.tables import SCHEMA_VERSION, meta, metadata, outbox

BUSY_TIMEOUT_MS = 5000
_SETTLE_TRIES = 100
_SETTLE_S = 0.05
_VERSION = "schema_version"
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    # A handoff that was promised must outlive a power cut; NORMAL would lose the last ones.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # What is erased is overwritten.
    "PRAGMA secure_delete=ON",
)


def open_engine(url: str) -> tuple[Engine, Path | None]:
    """Return an engine for `url`, and the file behind it if it is SQLite.

    Raises `StoreError`; the message never holds the URL, which may carry a password.
    """
    try:
        parsed = make_url(url)
        file = _prepared_file(parsed) if parsed.get_backend_name() == "sqlite" else None
        engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=file is None)
    except (ArgumentError, NoSuchModuleError):
        msg = "records: [stores] records is neither a sqlite:/// nor a postgresql:// URL"
        raise StoreError(msg) from None
    except ModuleNotFoundError as error:
        msg = (
            f"records: the database driver {error.name} is not installed: pip install {error.name}"
        )
        raise StoreError(msg) from None
    if file is not None:
        event.listen(engine, "connect", _on_connect)
    return engine, file


def _on_connect(connection: SqliteConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _prepared_file(url: URL) -> Path:
    """Create folder (0700) and file (0600) before SQLite would with wider rights."""
    if url.database in (None, "", ":memory:"):
        msg = "records: a SQLite database needs a file, as in sqlite:///data/records.db"
        raise StoreError(msg)
    file = Path(str(url.database))
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(file)
    except OSError as error:
        msg = (
            f"records: can't write in the folder {file.parent} ({error.strerror}): make it "
            "writable for the user that runs Handrail, or set [stores] data_dir to another"
        )
        raise StoreError(msg) from None
    return file


def _make(file: Path) -> None:
    """Create an empty file; never open one that exists.

    Closing it would drop every lock that this process has on it (POSIX locks belong to the
    process, not to the opening). Another process that then closes the database believes
    itself alone and removes the log under the connections that are still open here.
    """
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if not os.access(file, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def prepare(engine: Engine, name: str) -> None:
    """Create missing tables. Raises `StoreError` if a newer Handrail wrote the database."""
    _settle(engine)
    if inspect(engine).has_table(meta.name):
        _check_version(engine, name)
        _upgrade(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
    if _stored_version(engine) is None:
        # Another process may be starting on the same database: its row is as good.
        with suppress(IntegrityError), engine.begin() as connection:
            connection.execute(insert(meta).values(name=_VERSION, value=str(SCHEMA_VERSION)))


def _upgrade(engine: Engine) -> None:
    """Make room for the tables of this version; whoever changes the version does it, once.

    Nothing was ever delivered from the outbox of version 1, which knew no tries and claims.
    """
    if _stored_version(engine) != "1":
        return
    first = update(meta).where(meta.c.name == _VERSION, meta.c.value == "1")
    with engine.begin() as connection:
        if connection.execute(first.values(value=str(SCHEMA_VERSION))).rowcount:
            connection.execute(DropTable(outbox, if_exists=True))
            connection.execute(CreateTable(outbox))


def _settle(engine: Engine) -> None:
    """Wait while another process makes the same new database a WAL one.

    SQLite doesn't apply its busy timeout to that switch.
    """
    pause = Event()
    for _ in range(_SETTLE_TRIES):
        try:
            engine.connect().close()
        except (OperationalError, SqliteOperationalError) as error:
            if kind_of(error) != "SQLITE_BUSY":
                raise
            pause.wait(_SETTLE_S)
        else:
            return


def _check_version(engine: Engine, name: str) -> None:
    stored = _stored_version(engine)
    if stored is not None and (not stored.isdecimal() or int(stored) > SCHEMA_VERSION):
        msg = (
            f"records: {name} was written by a newer Handrail (its schema is {stored}, this "
            f"one knows {SCHEMA_VERSION}): run that version, or give this one another database"
        )
        raise StoreError(msg)


def _stored_version(engine: Engine) -> str | None:
    query = select(meta.c.value).where(meta.c.name == _VERSION)
    with engine.connect() as connection:
        value: str | None = connection.execute(query).scalar()
    return value


def kind_of(error: Exception) -> str:
    """Name a failure without its message, which may quote a row."""
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return str(code or type(cause).__name__)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn foreign errors into a `StoreError` without the parameters of a statement."""
    try:
        yield
    except IntegrityError:
        raise DuplicateError(name) from None
    except (SQLAlchemyError, SqliteError) as error:
        raise StoreError(f"records: {name}: {kind_of(error)}") from None


class DuplicateError(StoreError):
    """A row that must be unique exists already."""

    def __init__(self, name: str) -> None:
        """`name` is the database's."""
        super().__init__(f"records: {name} holds this row already")
