"""The command line: thin, one service call a command. Errors are one sentence on stderr; exit 0, 1 or 2."""

import asyncio
import contextlib
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvloop

from bot import __version__, logs
from bot.app.base import Base, open_base
from bot.app.demo import DemoOptions, check_demo, run_demo
from bot.app.doctor import examine
from bot.app.run import Role, run
from bot.config import Settings, load_settings
from bot.db import Database, UnitOfWork
from bot.db.migrate import upgrade
from bot.domain.residents import Form, ResidentState
from bot.domain.rumours import RumourState
from bot.domain.staff import Role as StaffRole
from bot.errors import InvalidInput, VouchError
from bot.i18n import Registry
from bot.library import check_pack, read_pack, write_pack
from bot.services.audit import Actor, actor_of
from bot.services.ports import SystemClock

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
db_app, messages_app, renditions_app = typer.Typer(), typer.Typer(), typer.Typer()
staff_app, residents_app, testers_app = typer.Typer(), typer.Typer(), typer.Typer()
broadcasts_app, rumours_app = typer.Typer(), typer.Typer()
for _name, _group, _help in (
    ("db", db_app, "The database."),
    ("messages", messages_app, "The message library."),
    ("renditions", renditions_app, "Messages in languages and forms."),
    ("staff", staff_app, "Who works here."),
    ("testers", testers_app, "Invited testers of a closed pilot."),
    ("residents", residents_app, "Residents, as counts."),
    ("broadcasts", broadcasts_app, "Sending to many."),
    ("rumours", rumours_app, "The rumour desk."),
):
    app.add_typer(_group, name=_name, help=_help, no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Who acts: a staff member's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON array.")]
Folder = Annotated[Path, typer.Argument(help="The folder of messages.")]


def main() -> NoReturn:
    """The `vouch` command."""
    try:
        app(standalone_mode=True)
    except VouchError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    raise SystemExit(0)


def _settings() -> Settings:
    settings = load_settings()
    logs.set_up(as_json=settings.log_format == "json", level=settings.log_level)
    return settings


def _go(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


@contextlib.asynccontextmanager
async def _base() -> AsyncIterator[Base]:
    base = await open_base(_settings())
    try:
        yield base
    finally:
        await base.close()


@contextlib.asynccontextmanager
async def _writing() -> AsyncIterator[tuple[Base, UnitOfWork]]:
    async with _base() as base, base.db.write() as uow:
        yield base, uow


@contextlib.asynccontextmanager
async def _reading() -> AsyncIterator[tuple[Base, UnitOfWork]]:
    async with _base() as base, base.db.read() as uow:
        yield base, uow


async def _actor(base: Base, uow: UnitOfWork, name: str) -> Actor:
    return actor_of(await base.desk.staff.by_name(uow, name), _via())


def _via() -> str:
    try:
        user = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"command line ({user})"


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        print("  ".join(f"{value}" for value in row.values() if value not in (None, "", [])))


def _say(line: str) -> None:
    print(line, flush=True)


def _split(values: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (values or "").split(",") if part.strip())


# The process


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"vouch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Vouch: vetted messages, spoken by people whom residents trust."""


class RunRole(StrEnum):
    """What a process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"


@app.command("run")
def run_command(role: Annotated[RunRole, typer.Option("--role")] = RunRole.ALL) -> None:
    """Run the bot and the console."""
    chosen: Role = role.value
    _go(run(_settings(), chosen))


@app.command("demo")
def demo_command(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Begin again from the samples.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Start, test oneself, stop.")] = False,
) -> None:
    """A whole sample borough on this machine: no token, nobody outside is reached."""
    logs.set_up(as_json=False, level="WARNING")
    options = DemoOptions(port=port, headless=headless or check, reset=reset)
    _go(check_demo(options, _say) if check else run_demo(options, _say))


@app.command()
def doctor() -> None:
    """Say what is right, what is missing, and what keeps the pilot closed."""

    async def work() -> None:
        findings = await examine(load_settings())
        for each in findings:
            print(each)
        if any(each.failed for each in findings):
            raise typer.Exit(1)

    _go(work())


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database up to this version's tables."""

    async def work() -> None:
        settings = _settings()
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        db = Database(settings.database)
        try:
            await db.check()
            await upgrade(db)
        finally:
            await db.close()
        print("The database is up to date.")

    _go(work())


# Messages and renditions


@messages_app.command("check")
def messages_check(folder: Folder = Path("messages")) -> None:
    """Check a folder of messages without touching the database."""
    known = [each.tag for each in Registry.load().languages]
    findings = check_pack(folder, SystemClock().now(), known_languages=known)
    for each in findings:
        print(each, file=sys.stderr if each.level == "error" else sys.stdout)
    errors = [each for each in findings if each.level == "error"]
    print(f"{len(errors)} errors")
    if errors:
        raise typer.Exit(1)


@messages_app.command("import")
def messages_import(folder: Folder = Path("messages")) -> None:
    """Add new keys, higher revisions and new renditions; what is there is never overwritten."""

    async def work() -> None:
        async with _writing() as (base, uow):
            known = [each.tag for each in base.registry.languages]
            pack = read_pack(folder, base.clock.now(), known_languages=known)
            report = await base.desk.messages.import_pack(uow, pack)
        print(f"{len(report.added)} messages added, {len(report.unchanged)} unchanged, {report.renditions} renditions")

    _go(work())


@messages_app.command("export")
def messages_export(folder: Folder = Path("messages")) -> None:
    """Write the library back as files."""

    async def work() -> None:
        async with _reading() as (base, uow):
            files = await base.desk.messages.export(uow)
        write_pack(folder, files)
        print(f"{len(files)} messages written")

    _go(work())


@messages_app.command("list")
def messages_list(as_json: AsJson = False) -> None:
    """Every message's newest revision."""

    async def work() -> None:
        async with _reading() as (_, uow):
            rows = [
                {
                    "key": each.key, "revision": each.revision, "title": each.title, "topic": each.topic,
                    "vetted_by": each.vetted_by, "valid_until": each.valid_until.isoformat(),
                }
                for each in await uow.messages.all_latest()
            ]  # fmt: skip
        _show(rows, as_json)

    _go(work())


@messages_app.command("show")
def messages_show(key: str, as_json: AsJson = False) -> None:
    """One message with its renditions."""

    async def work() -> None:
        async with _reading() as (base, uow):
            _show([await base.desk.messages.show(uow, key)], as_json=True)

    _go(work())


@renditions_app.command("list")
def renditions_list(key: str, as_json: AsJson = False) -> None:
    """A message's renditions and their states."""

    async def work() -> None:
        async with _reading() as (base, uow):
            _show((await base.desk.messages.show(uow, key))["renditions"], as_json)

    _go(work())


@renditions_app.command("approve")
def renditions_approve(
    key: str, language: str, by: By, form: Annotated[Form, typer.Option("--form")] = Form.TEXT
) -> None:
    """Ask NAME in their chat to approve it (a second speaker of the language)."""

    async def work() -> None:
        async with _writing() as (base, uow):
            row = await base.desk.renditions.find(uow, key, language, form)
            await _approve(base, uow, "rendition", row.id, by, row.made_by)

    _go(work())


@renditions_app.command("withdraw")
def renditions_withdraw(
    key: str, language: str, by: By, form: Annotated[Form, typer.Option("--form")] = Form.TEXT
) -> None:
    """Take a rendition out of use; broadcasts that would still send it stop."""

    async def work() -> None:
        async with _writing() as (base, uow):
            row = await base.desk.renditions.find(uow, key, language, form)
            await base.desk.renditions.withdraw(uow, await _actor(base, uow, by), row.id)
        print("withdrawn")

    _go(work())


async def _approve(base: Base, uow: UnitOfWork, kind: str, subject_id: int, by: str, author: int | None) -> None:
    """Nobody approves for two people from a shell: NAME is asked in their own chat."""
    desk = base.desk
    if base.settings.cli_approve:
        await desk.approvals.approve_directly(uow, await _actor(base, uow, by), kind, subject_id)
        print("approved")
        return
    made_by = await uow.staff.get(author) if author is not None else None
    requester = actor_of(made_by, _via()) if made_by is not None else None
    asked = await desk.approvals.request(uow, requester, kind, subject_id, ask=by)
    if asked.chat is None:
        raise InvalidInput(f"{by} has not joined with a phone yet, so nobody could be asked: invite them first.")
    print(f"{asked.name} was asked in their chat; it waits for their tap.")


# People


@staff_app.command("add")
def staff_add(
    name: str,
    role: Annotated[list[StaffRole], typer.Option("--role", help="Repeat for several.")],
    telegram: Annotated[int | None, typer.Option("--telegram", help="Their Telegram id.")] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Print a one-time link that they open.")] = False,
    languages: Annotated[str | None, typer.Option("--languages", help="Those they speak: ur,pa")] = None,
) -> None:
    """Add a staff member."""
    if (telegram is None) == (not invite):
        print("Give either --telegram ID or --invite.", file=sys.stderr)
        raise typer.Exit(2)

    async def work() -> None:
        async with _writing() as (base, uow):
            tag = chat = None
            if telegram is not None and base.vault is not None:
                tag, chat = base.vault.staff_tag(telegram), base.vault.seal_chat(telegram)
            staff_id = await base.desk.staff.add(
                uow, None, name, role, list(_split(languages)), person_tag=tag, chat=chat
            )
            if invite:
                code = await base.desk.staff.invite(uow, None, staff_id)
                print(f"https://t.me/{base.controller.bot_name or 'YOUR_BOT'}?start=s_{code}")
            else:
                print(f"{name} added")

    _go(work())


@staff_app.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """Everybody who works here."""

    async def work() -> None:
        async with _reading() as (_, uow):
            rows = [
                {"name": each.name, "roles": each.roles, "languages": each.languages, "joined": each.chat is not None}
                for each in await uow.staff.all()
            ]
        _show(rows, as_json)

    _go(work())


@staff_app.command("remove")
def staff_remove(name: str) -> None:
    """Take someone's access away at once."""

    async def work() -> None:
        async with _writing() as (base, uow):
            await base.desk.staff.remove(uow, None, name)
        print(f"{name} removed")

    _go(work())


@staff_app.command("link")
def staff_link(name: str) -> None:
    """Print a one-time sign-in link (Telegram is down, a phone is lost); recorded and told to the other admins."""

    async def work() -> None:
        async with _writing() as (base, uow):
            token = await base.desk.staff.server_link(uow, name, via=_via())
            print(f"{base.settings.site}/console/sign-in?t={token}")

    _go(work())


@testers_app.command("invite")
def invite_testers(uses: Annotated[int, typer.Option(min=1, max=500)] = 1) -> None:
    """Print a link that lets people into a closed pilot."""

    async def work() -> None:
        async with _writing() as (base, uow):
            code = await base.desk.staff.invite_testers(uow, uses=uses)
            print(f"https://t.me/{base.controller.bot_name or 'YOUR_BOT'}?start=t_{code}")

    _go(work())


@residents_app.command("count")
def residents_count(as_json: AsJson = False) -> None:
    """How many residents, by state and language."""

    async def work() -> None:
        async with _reading() as (_, uow):
            rows: list[dict[str, Any]] = [
                {"state": str(state), "language": None, "count": await uow.residents.count(state)}
                for state in ResidentState
            ]
            by_language = await uow.residents.count_by_language()
        rows += [{"state": "active", "language": tag, "count": n} for tag, n in by_language.items()]
        _show(rows, as_json)

    _go(work())


# Broadcasts


@broadcasts_app.command("create")
def broadcasts_create(
    message: Annotated[str, typer.Option("--message", help="The message's key.")],
    by: By,
    languages: Annotated[str | None, typer.Option("--languages", help="ur,pl; all when left out")] = None,
    areas: Annotated[str | None, typer.Option("--areas", help="A,B; all when left out")] = None,
    at: Annotated[str | None, typer.Option("--at", help="2026-12-01T10:00 in the borough's zone")] = None,
    until: Annotated[str | None, typer.Option("--until", help="never sent later than this")] = None,
    allow_fallback: Annotated[
        bool, typer.Option("--allow-fallback", help="Named languages whose rendition is a draft may get English.")
    ] = False,
) -> None:
    """Make a broadcast; prints its id. It waits for a second person."""

    async def work() -> None:
        async with _writing() as (base, uow):
            broadcast_id = await base.desk.broadcasts.create(
                uow, await _actor(base, uow, by), key=message, languages=_split(languages), areas=_split(areas),
                at=at, until=until, allow_fallback=allow_fallback,
            )  # fmt: skip
        print(broadcast_id)

    _go(work())


@broadcasts_app.command("preview")
def broadcasts_preview(broadcast_id: int, as_json: AsJson = False) -> None:
    """The dry run: who gets which rendition, who falls back to what, who gets nothing, how long it takes."""

    async def work() -> None:
        async with _reading() as (base, uow):
            plan = await base.desk.planner.plan(uow, await base.desk.planner.get(uow, broadcast_id))
        _show(plan.by_language(), as_json)
        if not as_json:
            print(f"{plan.size} people, {plan.nothing} get nothing, about {plan.seconds:.0f} seconds")

    _go(work())


@broadcasts_app.command("approve")
def broadcasts_approve(broadcast_id: int, by: By) -> None:
    """Ask NAME in their chat to approve it."""

    async def work() -> None:
        async with _writing() as (base, uow):
            row = await base.desk.planner.get(uow, broadcast_id)
            await _approve(base, uow, "broadcast", broadcast_id, by, row.created_by)

    _go(work())


def _steer(verb: str, broadcast_id: int, by: str) -> None:
    async def work() -> None:
        async with _writing() as (base, uow):
            await getattr(base.desk.steering, verb)(uow, await _actor(base, uow, by), broadcast_id)
        print("done")

    _go(work())


@broadcasts_app.command("pause")
def broadcasts_pause(broadcast_id: int, by: By) -> None:
    """Hold it."""
    _steer("pause", broadcast_id, by)


@broadcasts_app.command("resume")
def broadcasts_resume(broadcast_id: int, by: By) -> None:
    """Go on."""
    _steer("resume", broadcast_id, by)


@broadcasts_app.command("cancel")
def broadcasts_cancel(broadcast_id: int, by: By) -> None:
    """End it."""
    _steer("cancel", broadcast_id, by)


@broadcasts_app.command("list")
def broadcasts_list(as_json: AsJson = False) -> None:
    """Broadcasts, newest first."""

    async def work() -> None:
        async with _reading() as (base, uow):
            rows = [await base.desk.accounts.show(uow, each.id) for each in await uow.broadcasts.page()]
        if as_json:
            _show(rows, as_json)
        else:
            _show([{key: row[key] for key in ("id", "message", "state", "reason")} for row in rows], as_json)

    _go(work())


@broadcasts_app.command("show")
def broadcasts_show(broadcast_id: int, as_json: AsJson = False) -> None:
    """One broadcast with its counts, as JSON."""

    async def work() -> None:
        async with _reading() as (base, uow):
            print(json.dumps(await base.desk.accounts.show(uow, broadcast_id), ensure_ascii=False, indent=1))

    _go(work())


@broadcasts_app.command("deliveries")
def broadcasts_deliveries(broadcast_id: int, as_json: AsJson = False) -> None:
    """Every delivery, one JSON object a line; the resident's id is another one in each broadcast."""

    async def work() -> None:
        async with _reading() as (base, uow):
            await base.desk.planner.get(uow, broadcast_id)
            async for row in base.desk.accounts.listing(
                uow, broadcast_id, salt=base.vault.listing_salt if base.vault else ""
            ):
                print(json.dumps(row, ensure_ascii=False))

    _go(work())


# Rumours


@rumours_app.command("list")
def rumours_list(as_json: AsJson = False, every: Annotated[bool, typer.Option("--all")] = False) -> None:
    """The open queue, or everything."""

    async def work() -> None:
        states = list(RumourState) if every else [RumourState.NEW, RumourState.ANSWERING]
        async with _reading() as (_, uow):
            rows = [
                {
                    "id": each.id, "state": each.state, "urgent": each.urgent, "flags": each.flag_count,
                    "language": each.language, "first_at": each.first_at.isoformat(), "text": each.text,
                }
                for each in await uow.rumours.queue(states, limit=1000)
            ]  # fmt: skip
        _show(rows, as_json)

    _go(work())


@rumours_app.command("show")
def rumours_show(rumour_id: int, as_json: AsJson = False) -> None:
    """One rumour with its flags, as JSON."""

    async def work() -> None:
        async with _reading() as (base, uow):
            print(json.dumps(await base.desk.rumours.show(uow, rumour_id), ensure_ascii=False, indent=1))

    _go(work())


@rumours_app.command("answer")
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
        async with _writing() as (base, uow):
            actor = await _actor(base, uow, by)
            if message is not None:
                await base.desk.answers.use_message(uow, actor, rumour_id, message)
            else:
                await base.desk.answers.write(uow, actor, rumour_id, title=title or "", text=text or "")
            asked = await base.desk.approvals.request(uow, actor, "answer", rumour_id, ask=ask)
        print(f"{asked.name} was asked in their chat; the answer waits for their tap.")

    _go(work())


@rumours_app.command("approve")
def rumours_approve(rumour_id: int, by: By) -> None:
    """Ask NAME in their chat to approve the drafted answer."""

    async def work() -> None:
        async with _writing() as (base, uow):
            rumour = await base.desk.rumours.get(uow, rumour_id)
            await _approve(base, uow, "answer", rumour_id, by, rumour.drafted_by)

    _go(work())


@rumours_app.command("close")
def rumours_close(
    rumour_id: int,
    by: By,
    outcome: Annotated[RumourState, typer.Option("--as", help="not_amplified, spam or not_a_rumour")],
    reason: Annotated[str, typer.Option("--reason")],
) -> None:
    """Close without an answer, with the reason."""

    async def work() -> None:
        async with _writing() as (base, uow):
            told = await base.desk.rumours.close(uow, await _actor(base, uow, by), rumour_id, outcome, reason)
        print(f"closed; {told} people are told")

    _go(work())


if __name__ == "__main__":
    main()
