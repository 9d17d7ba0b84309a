"""`--scope market=DE`, as often as wanted."""

import click


def _parse(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> object:
    del context
    scope: dict[str, str] = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not (key and equals and value):
            raise click.BadParameter(f"{item!r} is not KEY=VALUE, e.g. market=DE", param=parameter)
        scope[key] = value
    return scope


scope_option = click.option(
    "--scope",
    multiple=True,
    callback=_parse,
    metavar="KEY=VALUE",
    help="Whom the request is for, e.g. market=DE; pages of others are no evidence.",
)
