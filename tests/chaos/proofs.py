"""The record under manipulation, and clips that come back altered: what is found, and what is never called genuine."""

import asyncio
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.domain.proofs import Proof
from bot.media.fingerprints import Printer
from bot.services.chain import ChainCheck
from bot.services.sealing import Sealing
from bot.services.verifying import Verifying
from bot.storage.anchor import AnchorFile
from tests.chaos.figures import Figure, exactly, shown
from tests.factories import World
from tests.integration.db.cluster import database
from tests.manipulations import KINDS, manipulated


async def manipulate(folder: Path, *, times: int, seed: int = 1) -> list[Figure]:
    """A record of some hundred entries, manipulated `times` times, each time checked from its first entry."""
    chance = random.Random(seed)
    async with database("sqlite", folder) as db:
        world = World(db, folder)
        anchor = AnchorFile(folder / "chain.anchor")
        sealing = Sealing(db, world.vault, world.desk.provenance, anchor, world.clock)
        for number in range(60):
            async with db.write() as uow:
                await world.desk.audit.note_system(uow, "sample", f"thing {number}", many=number, text="é ü ñ")
        await world.message("heat", ("en-GB", "ur", "pl", "pa", "so"))
        while await sealing.run():
            pass
        world.clock.advance(minutes=20)
        check = ChainCheck(world.vault.verify_key, anchor, world.clock)
        found, named = Counter[str](), Counter[str]()
        file = Path(db.url.partition("///")[2])
        kinds = [kind for kind in KINDS for _ in range(times // len(KINDS))]
        for kind in kinds:
            with manipulated(file, kind, chance) as touched:
                async with db.read() as uow:
                    verdict = await check.run(uow)
            found[kind] += verdict.bad is not None
            named[kind] += verdict.bad is not None and verdict.bad.seq == touched
        async with db.read() as uow:
            untouched = (await check.run(uow)).bad
    each = times // len(KINDS)
    return [
        *(exactly(f"chain, {kind}: found, of {each:,}", found[kind], each, "manipulations") for kind in KINDS),
        exactly("chain: the first bad entry named", named.total(), len(kinds), "manipulations"),
        exactly("chain: bad entries in the untouched record afterwards", int(untouched is not None), 0, "entries"),
    ]


# Forwarded clips

_VOICES = ("en", "pl", "ro", "fa", "tr", "es", "fr", "pt", "hi", "ur", "bn", "ta", "gu", "pa", "ar", "sw", "cy")
_WORDS = (
    "stay at home", "wash your hands", "ring a neighbour", "drink some water", "keep the windows open", "wait for news",
    "do not pass it on", "ask your doctor", "the school is open", "go up to the first floor", "help is on its way",
    "look after the old", "the vaccine is safe", "do not drive", "keep a torch ready", "talk to your imam",
)  # fmt: skip
VOICE_CHANGES = ("re-encoded", "twice", "trimmed", "slowed", "re-voiced")
VIDEO_CHANGES = ("re-encoded", "smaller", "trimmed", "slowed", "re-voiced")


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1", *arguments], check=True)


def _speak(folder: Path, number: int, chance: random.Random, voice: str) -> Path:
    """A synthetic voice says some sentences."""
    said = ". ".join(chance.sample(_WORDS, 7)) + "."
    path = folder / f"{number}-{voice}.wav"
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(chance.randint(135, 175)), "-p", str(chance.randint(20, 80)), "-w",
         str(path), said],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return path


def _picture(number: int) -> str:
    """A moving synthetic picture of its own."""
    patterns = ("testsrc2", "mandelbrot", "gradients", "cellauto=rule=30", "life=mold=10:ratio=0.1", "smptebars")
    source = patterns[number % len(patterns)]
    size = f"{'=' if '=' not in source else ':'}size=320x240:rate=10"
    seeded = f":seed={number}" if source.startswith(("gradients", "cellauto", "life")) else ""
    turn = (number * 37) % 90
    box = f"drawbox=x={number * 7 % 200}:y={number * 13 % 140}:w=90:h=70:t=fill:color=white"
    return f"{source}{size}{seeded},rotate={turn}*PI/180,hue=h={number * 23 % 360},{box}"


def _make(folder: Path, number: int, chance: random.Random, *, video: bool) -> tuple[Path, Path]:
    """A recording as it would be approved, and another voice for it."""
    voice, other = chance.sample(_VOICES, 2)
    sound, spoof = _speak(folder, number, chance, voice), _speak(folder, number, chance, other)
    if not video:
        clip = folder / f"{number}.ogg"
        _ffmpeg("-i", str(sound), "-c:a", "libopus", "-b:a", "32k", str(clip))
        return clip, spoof
    clip = folder / f"{number}.mp4"
    _ffmpeg("-f", "lavfi", "-i", _picture(number), "-i", str(sound), "-shortest", "-c:v", "libx264", "-preset",
            "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k", str(clip))  # fmt: skip
    return clip, spoof


_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_HOW: dict[str, tuple[str, ...]] = {
    "re-encoded": (*_X264, "-crf", "34", "-b:a", "24k"),
    "twice": ("-ar", "16000", "-b:a", "16k"),
    "smaller": (*_X264, "-vf", "scale=212:160", "-b:a", "24k"),
    "trimmed": ("-ss", "2", *_X264, "-b:a", "32k"),
    "slowed": ("-filter_complex", "[0:a]atempo=0.97[a]", "-map", "0:v?", "-map", "[a]", *_X264, "-b:a", "32k"),
}


def _alter(folder: Path, clip: Path, spoof: Path, change: str) -> Path:
    altered = folder / f"{clip.stem}-{change}{clip.suffix}"
    if change == "re-voiced":
        if clip.suffix == ".ogg":
            _ffmpeg("-i", str(spoof), "-c:a", "libopus", "-b:a", "32k", str(altered))
        else:
            _ffmpeg("-i", str(clip), "-i", str(spoof), "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac",
                    "-shortest", str(altered))  # fmt: skip
        return altered
    how = _HOW[change]
    if clip.suffix == ".ogg":
        how = (*(each for each in how if each not in {*_X264, "-crf", "34"}), "-c:a", "libopus")
    _ffmpeg("-i", str(clip), *how, str(altered))
    return altered


async def _publish(world: World, clips: list[Path]) -> None:
    """Each clip as an approved recording."""
    async with world.db.write() as uow:
        for number, clip in enumerate(clips):
            key = f"clip-{number}"
            now = world.clock.now()
            message_id = await uow.messages.add_message(
                key=key, revision=1, title=f"Sample {key}", topic="health", emergency=False, valid_from=now,
                valid_until=now.replace(year=now.year + 1), sources=[], origin="pack", vetted_by="Sample",
                vetted_on=now.date(), content_hash=key, created_at=now,
            )  # fmt: skip
            kind = "voice" if clip.suffix == ".ogg" else "video"
            media_id = await uow.media.create(
                kind=kind, mime="audio/ogg", size=1, seconds=9, state="stored", tries=0, created_at=now,
                path=await world.store.save(clip.read_bytes(), clip.suffix),
            )  # fmt: skip
            await uow.messages.add_rendition(
                message_id=message_id, language="en-GB", form=kind, text="", media_id=media_id, consent=["bot"],
                state="approved", content_hash=key, created_at=now,
            )  # fmt: skip


async def forward(folder: Path, *, clips: int, seed: int = 3) -> list[Figure]:
    """`clips` synthetic recordings, half of them films, each exactly and in five alterations; and strangers' sounds."""
    chance = random.Random(seed)
    made = [_make(folder, number, chance, video=number % 2 == 1) for number in range(clips)]
    strangers = [
        _speak(folder, 10_000 + number, chance, chance.choice(_VOICES)) for number in range(max(2, clips // 5))
    ]
    async with database("sqlite", folder) as db:
        world = World(db, folder)
        await _publish(world, [clip for clip, _ in made])
        sealing = Sealing(db, world.vault, world.desk.provenance, AnchorFile(folder / "anchor"), world.clock)
        while await sealing.run():
            pass
        printer = Printer()
        async with db.read() as uow:
            rows = await uow.manifests.without_prints(limit=100_000)
        for row in rows:
            prints = await printer.prints(world.store.path(row.path or ""), row.kind)
            async with db.write() as uow:
                await uow.manifests.keep_prints(row.id, prints.frames, prints.sound, world.clock.now())
        return await _judge(world, printer, folder, made, strangers)


async def _judge(
    world: World, printer: Printer, folder: Path, made: list[tuple[Path, Path]], strangers: list[Path]
) -> list[Figure]:
    exact, right = 0, Counter[str]()
    said: dict[str, Counter[Proof]] = {}
    for number, (clip, spoof) in enumerate(made):
        exact += await _proof(world, printer, clip, f"clip-{number}") == (Proof.GENUINE, True)
        for change in VOICE_CHANGES if clip.suffix == ".ogg" else VIDEO_CHANGES:
            altered = await asyncio.to_thread(_alter, folder, clip, spoof, change)
            proof, mine = await _proof(world, printer, altered, f"clip-{number}")
            name = f"{'voice' if clip.suffix == '.ogg' else 'film'} {change}"
            said.setdefault(name, Counter())[proof] += 1
            right[name] += mine
            altered.unlink()
    genuine = sum(each[Proof.GENUINE] for each in said.values())
    total = sum(each.total() for each in said.values())
    strange = [await _proof(world, printer, each, "") for each in strangers]
    return [
        exactly(f"forwards: exact copies called genuine, of {len(made)}", exact, len(made), "clips"),
        exactly(f"forwards: altered copies called genuine, of {total}", genuine, 0, "clips"),
        exactly(f"forwards: strangers' sounds taken for ours, of {len(strange)}",
                sum(proof is not Proof.UNKNOWN for proof, _ in strange), 0, "clips"),
        *_shown(said, right),
    ]  # fmt: skip


def _shown(said: dict[str, Counter[Proof]], right: Counter[str]) -> Iterator[Figure]:
    for name, counts in sorted(said.items()):
        known = counts.total() - counts[Proof.UNKNOWN]
        yield shown(f"forwards, {name}: recognised as like ours", known, "clips", counts.total())
        yield shown(f"forwards, {name}: and as like the right one", right[name], "clips", counts.total())
        if counts[Proof.VOICE_CHANGED]:
            yield shown(f"forwards, {name}: 'the voice was changed'", counts[Proof.VOICE_CHANGED], "clips",
                        counts.total())  # fmt: skip


async def _proof(world: World, printer: Printer, clip: Path, key: str) -> tuple[Proof, bool]:
    """What is said about a clip, and whether it is about the right message."""
    verifying: Verifying = world.desk.verifying
    async with world.db.read() as uow:
        found = await verifying.by_bytes(uow, clip.read_bytes())
    if found.proof is Proof.UNKNOWN:
        kind = "video" if clip.suffix == ".mp4" else "voice"
        prints = await printer.prints(clip, kind)
        async with world.db.read() as uow:
            found = await verifying.by_fingerprint(uow, prints)
    return found.proof, found.message is not None and found.message.key == key
