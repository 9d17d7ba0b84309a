"""Read config.toml and check what no single key can tell: names that refer to names."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies.errors import ConfigError, Problem
from policies.strict import dotted, line_of, locate, parse, read_toml
from proxy.config.model import Config, Provider
from proxy.config.sinks import sink_problems
from proxy.config.values import Place, literal_secrets, resolve

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SHARED = ("redis://", "rediss://", "unix://")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid configuration and where it came from."""

    config: Config
    path: Path
    hash: str
    """Of the file's text: references are hashed as written, never their values."""
    warnings: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.resolve().parent

    def find(self, relative: str) -> Path:
        """Resolve a path against the file's folder, else the current one.

        A configuration kept apart from the repository still finds the shipped policy
        and knowledge when run from there; what exists beside the file always wins.
        """
        beside = self.folder / relative
        here = Path.cwd() / relative
        return here if not beside.exists() and here.exists() else beside


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Loaded:
    """Read, resolve and check a configuration. Raises `ConfigError` with all problems."""
    table, text = read_toml(path)
    lines = dict(locate(text))
    resolved, missing = resolve(table, lines, str(path), environ)
    try:
        config = parse(Config, resolved, text, str(path), table)
    except ConfigError as error:
        raise _together(missing, error.problems) from None
    problems = [
        Problem(str(path), line_of(lines, place), dotted(place), message)
        for place, message in _dangling(config)
    ]
    if missing or problems:
        raise _together(missing, problems)
    warnings = tuple(
        f"{path}: {key} is written in clear text; use env:NAME or file:/path"
        for key in literal_secrets(table)
    )
    return Loaded(config, path, hashlib.sha256(text.encode()).hexdigest()[:12], warnings)


def _together(missing: Sequence[Problem], others: Sequence[Problem]) -> ConfigError:
    """In the order of the file; what a missing reference stands for can't be judged."""
    unknown = {problem.key for problem in missing}
    rest = [problem for problem in others if problem.key not in unknown]
    return ConfigError(*sorted([*missing, *rest], key=lambda problem: problem.line or 0))


def _dangling(config: Config) -> Iterator[tuple[Place, str]]:
    """Yield names that nothing defines, and settings that contradict each other."""
    models = [(("models", n, "provider"), [m.provider]) for n, m in config.models.items()]
    tiers = [(("tiers", n, "models"), t.models) for n, t in config.tiers.items()]
    aliases = [(("aliases", n, "tiers"), a.tiers) for n, a in config.aliases.items()]
    yield from _unknown("provider", models, config.providers)
    yield from _unknown("model", tiers, config.models)
    yield from _unknown("tier", aliases, config.tiers)
    if not config.aliases:
        yield ("aliases",), 'no alias is defined: add [aliases."*"] with tiers = ["..."]'
    for name, provider in config.providers.items():
        yield from _provider(name, provider)
    yield from _validators(config)
    for name, sink in config.handoff.sinks.items():
        for key, why in sink_problems(sink):
            yield ("handoff", "sinks", name, key), why
    yield from _server(config)


def _unknown(
    kind: str, references: list[tuple[tuple[str, str, str], list[str]]], known: Mapping[str, object]
) -> Iterator[tuple[Place, str]]:
    listed = ", ".join(sorted(known)) or "none is defined"
    for place, names in references:
        for name in names:
            if name not in known:
                yield place, f"there is no {kind} {name!r}; known: {listed}"


def _provider(name: str, provider: Provider) -> Iterator[tuple[Place, str]]:
    if provider.kind == "openai" and not provider.base_url:
        yield ("providers", name), "kind openai needs base_url, e.g. http://127.0.0.1:9100/v1"
    if provider.base_url and not provider.base_url.startswith(("http://", "https://")):
        yield ("providers", name, "base_url"), "must start with http:// or https://"
    if provider.kind == "scripted" and not provider.file:
        yield ("providers", name), "kind scripted needs file, the file of replies"


def _validators(config: Config) -> Iterator[tuple[Place, str]]:
    names = [block.name for block in config.validators]
    for n, name in enumerate(names):
        if name in names[:n]:
            yield ("validators", n, "name"), f"{name!r} is used twice; names must differ"


def _server(config: Config) -> Iterator[tuple[Place, str]]:
    server = config.server
    if server.admin_host not in LOOPBACK and not config.auth.admin_key:
        text = "the admin port may listen beyond loopback only with [auth] admin_key set"
        yield ("server", "admin_host"), text
    if server.port and server.port == server.admin_port:
        yield ("server", "admin_port"), "must differ from server.port"
    if config.stores.shared != "local" and not config.stores.shared.startswith(_SHARED):
        yield ("stores", "shared"), 'must be "local" or a URL like redis://host:6379/0'
    if config.stores.records != "sqlite":
        yield ("stores", "records"), 'only "sqlite" is supported by this version'
