"""A leader, a second speaker and the team, as a test needs them: everything goes through the doors that people use."""

from pathlib import Path

from bot.domain.clips import Clip, ClipRefusal, ClipShape, Loudness
from bot.domain.events import EventKind, IncomingMedia, MediaKind
from bot.domain.messaging import OutgoingMessage
from bot.domain.staff import Role
from bot.services.audit import Actor
from bot.services.leaders import Profile
from bot.services.media import Media
from bot.services.ports import FetchedFile
from bot.services.requests import Wanted
from tests.factories import BOT, Phone, World

GRANTHI = Profile(
    "Sample Granthi Kaur", "ਗ੍ਰੰਥੀ", "granthi", "Sample Gurdwara", ("pa", "en-GB"), ("record", "translate"),
    "ਸੈਂਪਲ ਕੌਰ",
)  # fmt: skip
CLEAR = Clip(ClipShape.VOICE, "ogg", 12.0, 30_000, audio_codec="opus", loudness=Loudness(-20.0, -3.0, 0.1))


class Ears:
    """Stands in the place of ffmpeg: finds in every file what the test laid out."""

    def __init__(self, clip: Clip | ClipRefusal = CLEAR, *, whole: bool = True) -> None:
        self.clip = clip
        self.whole = whole

    async def probe(self, path: Path, *, signed: bool = False) -> Clip | ClipRefusal:
        """What was laid out."""
        return self.clip

    async def decodes(self, path: Path) -> bool:
        """What was laid out."""
        return self.whole


async def team(world: World) -> tuple[Actor, Actor, Actor]:
    """A publisher, a second one, and a reviewer who speaks Punjabi; each with a phone."""
    return (
        await world.staff("Sample Publisher", Role.PUBLISHER, Role.TRIAGER),
        await world.staff("Sample Second Publisher", Role.PUBLISHER),
        await world.staff("Sample Punjabi Reviewer", Role.REVIEWER, languages=["pa"]),
    )


async def invited(world: World, publisher: Actor, profile: Profile = GRANTHI) -> tuple[int, Phone]:
    """A leader with the invitation open on their phone; returns their number and the phone."""
    async with world.db.write() as uow:
        leader_id = await world.desk.leaders.enter(uow, publisher, profile)
        code = await world.desk.leaders.invite(uow, publisher, leader_id)
    phone = world.phone()
    await phone.start(f"i_{code}")
    return leader_id, phone


async def agreed(world: World, publisher: Actor, profile: Profile = GRANTHI) -> tuple[int, Phone]:
    """A leader who has consented: the film too, with their name, for a year."""
    leader_id, phone = await invited(world, publisher, profile)
    await phone.press("ly")
    await phone.press("lc")
    await phone.press("lyes:f1p0n1m12")
    return leader_id, phone


async def asked(world: World, publisher: Actor, leader_id: int, key: str = "heat", **wanted: object) -> int:
    """The team asks for a recording in Punjabi; returns the request's number."""
    message = await world.latest(key)
    async with world.db.write() as uow:
        return await world.desk.requests.ask(
            uow,
            publisher,
            Wanted(message.id, leader_id, "pa", **wanted),  # type: ignore[arg-type]
        )


async def speak(
    world: World, phone: Phone, name: str = "take-1", *, kind: MediaKind = MediaKind.VOICE, seconds: int = 12,
    data: bytes = b"OggS sample", forwarded: bool = False, mime: str = "audio/ogg", size: int | None = None,
) -> list[OutgoingMessage]:  # fmt: skip
    """Record something on a phone and let go of the button."""
    world.messenger.files[name] = FetchedFile(data, mime)
    media = IncomingMedia(kind, name, f"unique-{name}", mime, len(data) if size is None else size, seconds)
    return await phone.event(EventKind.MEDIA, media=media, forwarded=forwarded)


async def in_english(world: World, phone: Phone) -> str:
    """The newest screen on a phone, as it would be for somebody who reads English."""
    row = (await world.waiting(phone.chat_id))[-1]
    return world.renderer.render(row.kind, row.params, "en-GB").html


async def arrive(world: World, ears: Ears | None = None) -> None:
    """What was sent is fetched and looked at."""
    await Media(world.db, world.store, world.clock, bot_id=BOT).fetch_wanted(world.messenger)
    while await world.desk.recordings.look(world.db, ears or Ears()):
        pass


async def submitted(world: World, publisher: Actor, key: str = "heat") -> tuple[int, Phone, int]:
    """A leader has recorded and submitted: leader, phone, rendition."""
    leader_id, phone = await agreed(world, publisher)
    request_id = await asked(world, publisher, leader_id, key)
    await phone.read()
    await phone.press(f"rq:{request_id}")
    await speak(world, phone, f"take-of-{key}")
    await arrive(world)
    await phone.read()
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("su:")))
    return leader_id, phone, (await world.rendition(key, "pa", "voice")).id


async def checked(world: World, reviewer: Actor, rendition_id: int) -> Phone:
    """The second speaker hears it, says what it means, declares no tie, and approves; returns their phone."""
    phone = world.phone(await world.chat_of(reviewer))
    await phone.read()
    await phone.press_stale(f"vb:{rendition_id}")
    await phone.say("Drink water, stay in the shade, and look after your neighbours.")
    await phone.press(next(each for each in reversed(phone.buttons) if each.endswith(":none")))
    await phone.press(next(each for each in reversed(phone.buttons) if each.startswith("vy:")))
    return phone
