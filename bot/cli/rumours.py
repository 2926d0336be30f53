"""`vouch rumours`: the rumour desk."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import shell
from bot.cli.approval import ask_to_approve
from bot.cli.shell import AsJson, By
from bot.domain.rumours import RumourState
from bot.errors import InvalidInput
from bot.services.matching_tryout import TryOut

commands = typer.Typer(help="The rumour desk.", no_args_is_help=True)


@commands.command("list")
def rumours_list(as_json: AsJson = False, every: Annotated[bool, typer.Option("--all")] = False) -> None:
    """The open queue, or everything."""

    async def work() -> None:
        states = list(RumourState) if every else [RumourState.NEW, RumourState.ANSWERING]
        async with shell.reading() as (_, uow):
            rows = [
                {
                    "id": each.id, "state": each.state, "urgent": each.urgent, "flags": each.flag_count,
                    "language": each.language, "first_at": each.first_at.isoformat(), "text": each.text,
                }
                for each in await uow.rumours.queue(states, limit=1000)
            ]  # fmt: skip
        shell.show(rows, as_json)

    shell.go(work())


@commands.command("show")
def rumours_show(rumour_id: int, as_json: AsJson = False) -> None:
    """One rumour with its flags, as JSON."""

    async def work() -> None:
        async with shell.reading() as (base, uow):
            print(json.dumps(await base.desk.rumours.show(uow, rumour_id), ensure_ascii=False, indent=1))

    shell.go(work())


@commands.command("answer")
def rumours_answer(
    rumour_id: int,
    by: By,
    message: Annotated[str | None, typer.Option("--message", help="Answer with this vetted message.")] = None,
    title: Annotated[str | None, typer.Option("--title")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Or write the answer, in plain English.")] = None,
    ask: Annotated[str | None, typer.Option("--ask", help="Who is asked to approve it.")] = None,
) -> None:
    """Draft an answer and ask a second person for their approval."""
    if (message is None) == (title is None or text is None):
        print("Give either --message KEY, or --title and --text.", file=sys.stderr)
        raise typer.Exit(2)

    async def work() -> None:
        async with shell.writing() as (base, uow):
            actor = await shell.actor(base, uow, by)
            if message is not None:
                await base.desk.answers.use_message(uow, actor, rumour_id, message)
            else:
                await base.desk.answers.write(uow, actor, rumour_id, title=title or "", text=text or "")
            asked = await base.desk.approvals.request(uow, actor, "answer", rumour_id, ask=ask)
        print(f"{asked.name} was asked in their chat; the answer waits for their tap.")

    shell.go(work())


@commands.command("approve")
def rumours_approve(rumour_id: int, by: By) -> None:
    """Ask NAME in their chat to approve the drafted answer."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            rumour = await base.desk.rumours.get(uow, rumour_id)
            await ask_to_approve(base, uow, "answer", rumour_id, by, rumour.drafted_by)

    shell.go(work())


@commands.command("close")
def rumours_close(
    rumour_id: int,
    by: By,
    outcome: Annotated[RumourState, typer.Option("--as", help="not_amplified, spam or not_a_rumour")],
    reason: Annotated[str, typer.Option("--reason")],
) -> None:
    """Close without an answer, with the reason."""

    async def work() -> None:
        async with shell.writing() as (base, uow):
            told = await base.desk.rumours.close(uow, await shell.actor(base, uow, by), rumour_id, outcome, reason)
        print(f"closed; {told} people are told")

    shell.go(work())


File = Annotated[Path | None, typer.Option("--file", exists=True, dir_okay=False, help="One JSON object a line.")]


@commands.command("import")
def rumours_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Forget what was imported before.")] = False,
) -> None:
    """Load known texts ({"id", "text", "lang", "answer"} a line) to try matching on, into an empty VOUCH_DATA_DIR."""

    async def work() -> None:
        async with shell.opened() as base:
            count = await TryOut(base.db, base.desk.matching).load(_objects(file), replace=replace)
        print(f"{count} texts imported")

    shell.go(work())


@commands.command("match")
def rumours_match(
    text: Annotated[str | None, typer.Option("--text", help="A text to match.")] = None,
    file: File = None,
    as_json: AsJson = False,
) -> None:
    """Compare texts with what is known: candidates, confidence, and answer, suggest or new. One object a query."""
    if (text is None) == (file is None):
        print("Give either --text or --file.", file=sys.stderr)
        raise typer.Exit(2)
    queries = [{"text": text}] if file is None else _objects(file)

    async def work() -> None:
        async with shell.opened() as base:
            async for found in TryOut(base.db, base.desk.matching).match(queries):
                print(json.dumps(found, ensure_ascii=False), flush=True)

    shell.go(work())


@commands.command("compare")
def rumours_compare(file: Annotated[Path, typer.Option("--file", exists=True, dir_okay=False)]) -> None:
    """Say of each pair ({"a", "b"} a line) how near they are and whether they are the same rumour."""

    async def work() -> None:
        async with shell.opened() as base:
            async for found in TryOut(base.db, base.desk.matching).compare(_objects(file)):
                print(json.dumps(found), flush=True)

    shell.go(work())


def _objects(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line. Raises InvalidInput, which names the line."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    found = json.loads(line)
                except ValueError:
                    found = None
                if not isinstance(found, dict):
                    raise InvalidInput(f"Line {number} of {file.name} is not a JSON object.")
                yield found
