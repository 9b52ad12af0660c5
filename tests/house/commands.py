"""The command line's commands, as typed."""

from collections.abc import Iterator

from liverplan.cli import app


def commands() -> Iterator[str]:
    """Yield every command and sub-command: "assess", "cohort run", ..."""
    for family in app.registered_groups:
        group = family.typer_instance
        room = group.info.name if isinstance(group.info.name, str) else ""
        for command in group.registered_commands:
            yield f"{room} {command.name or command.callback.__name__}".strip()
