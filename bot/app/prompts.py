"""The bot's own voice at start: which recordings there are, and which of them may be heard here."""

from pathlib import Path

import structlog

from bot.app.base import Base
from bot.chat.screens.hear import Prompt
from bot.chat.screens.scripts import SCRIPTS
from bot.config import Settings
from bot.domain.events import MediaKind
from bot.domain.messaging import OutgoingMedia
from bot.library.prompts import PromptFile, read_prompts
from bot.sandbox.samples import SAMPLES
from bot.services.prompts import Prompts

log = structlog.get_logger()


def prompts_folder(settings: Settings) -> Path:
    """Where the recordings lie: `{tag}/{slot}.ogg` or `.mp4`."""
    return settings.data_dir / "prompts"


def prompt_files(base: Base) -> tuple[list[PromptFile], list[str]]:
    """Every recording of the folder, and what is wrong with the others."""
    return read_prompts(
        prompts_folder(base.settings), languages={each.tag for each in base.registry.languages}, slots=SCRIPTS
    )


async def load_prompts(base: Base) -> dict[tuple[str, str], Prompt]:
    """The recordings that may be heard, by language and slot, kept in the store."""
    files, wrong = prompt_files(base)
    for each in wrong:
        log.warning("prompts.left_out", reason=each)
    files = [each for each in [*files, *_samples(base, files)] if is_heard(each, base)]
    async with base.db.write() as uow:
        kept = await Prompts(base.store, base.clock).keep(uow, files)
    return {
        (each.language, each.slot): Prompt(
            OutgoingMedia(MediaKind(each.media), kept[each.language, each.slot]), each.kind, each.language
        )
        for each in files
    }


def _samples(base: Base, files: list[PromptFile]) -> list[PromptFile]:
    """For the demo: a sample sound in each slot of a spoken language, a sample video in those of a signed one."""
    recorded = {(each.language, each.slot) for each in files}
    return [
        PromptFile(each.tag, slot, SAMPLES / ("video.mp4" if each.signed else "voice.ogg"),
                   "video" if each.signed else "voice", "sample", "a sample, not a person")
        for each in base.registry.languages if each.audio_first
        for slot in SCRIPTS if base.controller.sample and (each.tag, slot) not in recorded
    ]  # fmt: skip


def is_heard(prompt: PromptFile, base: Base) -> bool:
    """Drafts only where no resident is reached but invited ones, samples in the demo, computers where chosen."""
    settings = base.settings
    match prompt.kind:
        case "draft":
            return settings.sandboxed or settings.pilot
        case "sample":
            return base.controller.sample
        case "computer":
            return settings.synthetic_voice
    return True
