"""`vouch prompts`: what the bot says aloud or in sign, and who has recorded it."""

import json
from typing import Annotated

import typer

from bot.app.base import Base
from bot.app.prompts import is_heard, prompt_files, prompts_folder
from bot.chat.screens.scripts import SCRIPTS, complete_in, english, words_in
from bot.cli import shell
from bot.cli.shell import AsJson
from bot.errors import InvalidInput
from bot.i18n import Catalogs, Language, Registry
from bot.media.speech import speak

Tag = Annotated[str, typer.Argument(metavar="TAG", help="A language of the registry.")]

commands = typer.Typer(help="The bot's own voice: recordings of its key screens.", no_args_is_help=True)


@commands.command("list")
def prompts_list(as_json: AsJson = False) -> None:
    """Every slot of the spoken and signed languages, and of others that have a recording: who speaks, is it heard."""

    async def work() -> None:
        async with shell.opened() as base:
            files, wrong = prompt_files(base)
            found = {(each.language, each.slot): each for each in files}
            tags = [each.tag for each in base.registry.languages if each.audio_first]
            tags += sorted({each.language for each in files} - set(tags))
            rows = []
            for tag, slot in ((tag, slot) for tag in tags for slot in SCRIPTS):
                each = found.get((tag, slot))
                rows.append(
                    {
                        "language": tag, "slot": slot, "recording": each.file.name if each else None,
                        "kind": each.kind if each else "missing", "speaker": each.speaker if each else None,
                        "heard": each is not None and is_heard(each, base),
                    }
                )  # fmt: skip
            shell.show(rows, as_json)
            for sentence in wrong:
                typer.echo(sentence, err=True)

    shell.go(work())


@commands.command("script")
def prompts_script(tag: Tag, as_json: AsJson = False) -> None:
    """What is to be said in each slot: in English, and in the language that its speakers read."""
    registry = Registry.load()
    tag = registry.get(tag).tag
    catalogs = Catalogs.load(registry)
    rows = [{"slot": slot, "english": english(slot), "words": words_in(catalogs, tag, slot)} for slot in SCRIPTS]
    shell.show(rows, as_json)


@commands.command("speak")
def prompts_speak(tag: Tag) -> None:
    """Make a computer voice for every slot that nobody has recorded. Heard only with VOUCH_SYNTHETIC_VOICE=true."""

    async def work() -> None:
        async with shell.opened() as base:
            made = _speak(base, base.registry.get(tag))
        print(f"{made} prompts made in {prompts_folder(base.settings) / tag}")
        if not base.settings.synthetic_voice:
            print("They are not heard until VOUCH_SYNTHETIC_VOICE=true.")

    shell.go(work())


def _speak(base: Base, language: Language) -> int:
    if not language.voice:
        raise InvalidInput(f"There is no computer voice for {language.english}: people have to record it.")
    folder = prompts_folder(base.settings) / language.tag
    recorded = {each.slot for each in prompt_files(base)[0] if each.language == language.tag}
    read = base.registry.reading(language.tag).tag
    # A voice reads its own language only: what is not translated yet stays without a sound.
    made = [slot for slot in SCRIPTS if slot not in recorded and complete_in(base.catalogs, read, slot)]
    for slot in made:
        speak(words_in(base.catalogs, language.tag, slot), language.voice, folder / f"{slot}.ogg")
    about = folder / "about.toml"
    old = about.read_text("utf-8") if about.is_file() else ""
    speaker = json.dumps(f"espeak-ng, voice {language.voice}")
    tables = [f"[{slot}]\ncomputer = true\nspeaker = {speaker}\n" for slot in made if f"[{slot}]" not in old]
    if made:
        about.write_text("\n".join(filter(None, [old, *tables])), "utf-8")
    return len(made)
