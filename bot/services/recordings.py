"""Recordings: received, looked at, heard by their leader, submitted. A draft is a row: nothing is lost by a pause."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.db import Database, UnitOfWork
from bot.db.rows import LeaderRow, MediaRow, RecordingRow, RequestRow
from bot.domain.clips import Clip, ClipRefusal, ClipShape
from bot.domain.events import IncomingMedia, MediaKind
from bot.domain.leaders import BOT_SECONDS, WAITING, RecordingState, RequestState
from bot.domain.renditions import RenditionState
from bot.domain.residents import Form
from bot.domain.staff import Act
from bot.errors import Conflict, InvalidInput, NotFound
from bot.services.approvals import Approvals
from bot.services.audit import Actor, Audit
from bot.services.cards import Cards
from bot.services.consents import Consents
from bot.services.media import FETCH_LIMIT
from bot.services.ports import ClipProber, Clock, Fingerprinter, MediaStore
from bot.services.renditions import Renditions, content_hash
from bot.services.requests import Requests
from bot.services.verifying import Verifying
from bot.services.voices import Voices

MARGIN_SECONDS = 5.0
TAKES_A_DAY = 60
"""Takes that one leader may send in 24 hours: far more than anybody needs, and no way to fill the disk."""
QUIET_LUFS = -35.0
"""Speech is clear above it on a phone's loudspeaker; below it we ask to come nearer, and take it all the same."""
CLIPPED_DBTP = 0.0
MOSTLY_SILENT = 0.6
_FORMS = {
    MediaKind.VOICE: Form.VOICE, MediaKind.AUDIO: Form.VOICE, MediaKind.VIDEO: Form.VIDEO,
    MediaKind.ROUND: Form.VIDEO, MediaKind.ANIMATION: Form.VIDEO,
}  # fmt: skip
REFUSALS = frozenset({"forwarded", "somebody_else", "empty", "signed_round", "not_fetched", *ClipRefusal})
"""Findings with which a recording is not taken; all others are advice."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that staff bring in for a leader who is not in the chat."""

    data: bytes
    name: str
    mime: str
    witness: str


class Recordings:
    """A leader's takes, from the phone to a rendition that waits for its second speaker."""

    def __init__(
        self, requests: Requests, consents: Consents, voices: Voices, renditions: Renditions, approvals: Approvals,
        cards: Cards, verifying: Verifying, store: MediaStore, audit: Audit, clock: Clock, *, bot_id: int,
    ) -> None:  # fmt: skip
        self._verifying = verifying
        self._requests = requests
        self._consents = consents
        self._voices = voices
        self._renditions = renditions
        self._approvals = approvals
        self._cards = cards
        self._store = store
        self._audit = audit
        self._clock = clock
        self._bot_id = bot_id

    async def get(self, uow: UnitOfWork, recording_id: int) -> RecordingRow:
        """One take. Raises NotFound."""
        row = await uow.recordings.get(recording_id)
        if row is None:
            raise NotFound("There is no such recording.")
        return row

    # Receiving

    async def receive(
        self, uow: UnitOfWork, leader: LeaderRow, request: RequestRow, media: IncomingMedia, *, forwarded: bool
    ) -> str | None:
        """A take arrives from the leader's own phone. Returns why it is not taken, at once, or None: it is looked at.

        Raises Conflict where it is not their turn or they have no consent, InvalidInput for too many in a day.
        """
        await self._requests.open(uow, request)
        await self._consents.current(uow, leader.id)
        if await uow.recordings.since(leader.id, self._clock.now() - timedelta(days=1)) >= TAKES_A_DAY:
            raise InvalidInput("That is very many recordings for one day: please go on tomorrow.")
        found = self._at_once(request, media, forwarded=forwarded)
        if found is None and await uow.recordings.of_somebody_else(leader.id, unique_id=media.unique_id, sha256=None):
            found = "somebody_else"
        if found is not None:
            return found
        big = media.size > FETCH_LIMIT
        media_id = await uow.media.create(
            kind=media.kind, mime=media.mime, size=media.size, seconds=media.seconds, bot_id=self._bot_id,
            file_id=media.file_id, unique_id=media.unique_id, state="too_big" if big else "wanted", tries=0,
            created_at=self._clock.now(),
        )  # fmt: skip
        recording_id = await self._add(
            uow, leader, request, media_id, _form_of(request, media.kind), seconds=media.seconds, by_id=big,
            unique_id=media.unique_id,
        )  # fmt: skip
        if big:
            # The team can hear it, and so can residents; only it cannot be looked at, and no film can be made of it.
            await self._take(uow, await self.get(uow, recording_id), ["by_id"], {})
        return None

    def _at_once(self, request: RequestRow, media: IncomingMedia, *, forwarded: bool) -> str | None:
        """What the channel itself tells about a file is enough to say no to some."""
        signed = request.form == Form.SIGNED
        if forwarded:
            return "forwarded"
        if media.kind not in _FORMS and not (
            media.kind is MediaKind.DOCUMENT and media.mime.startswith(("audio/", "video/"))
        ):
            return str(ClipRefusal.NOT_A_RECORDING)
        if signed and media.kind is MediaKind.ROUND:
            return "signed_round"
        if signed and media.kind in {MediaKind.VOICE, MediaKind.AUDIO}:
            return str(ClipRefusal.NO_PICTURE)
        if media.seconds > _longest(request):
            return str(ClipRefusal.TOO_LONG)
        return None

    async def upload(self, uow: UnitOfWork, actor: Actor, request_id: int, upload: Upload) -> int:
        """Staff bring in what a leader recorded elsewhere, or on the staff member's own phone, before a witness.

        Raises InvalidInput without a witness or for a file above 20 MB, Conflict without a consent in force.
        """
        actor.check(Act.HELP_LEADER)
        request = await self._requests.get(uow, request_id)
        leader = await self._voices.leader(uow, request.leader_id)
        await self._requests.open(uow, request)
        await self._consents.current(uow, leader.id)
        witness = upload.witness.strip()
        if not witness or witness.casefold() in {leader.name.casefold(), actor.name.casefold()}:
            raise InvalidInput("Name a witness: somebody other than the leader and you.")
        if len(upload.data) > FETCH_LIMIT:
            raise InvalidInput("The file is larger than 20 MB.")
        media_id = await self.keep(uow, upload.data, upload.mime)
        recording_id = await self._add(
            uow, leader, request, media_id, _form_of(request, _kind_of(upload.mime)), recorded_by=actor.id,
            witness=witness,
        )  # fmt: skip
        await self._audit.note(uow, actor, Act.HELP_LEADER, f"recording {recording_id}", request=request_id)
        return recording_id

    async def keep(self, uow: UnitOfWork, data: bytes, mime: str) -> int:
        """Store a file that came through the console: a recording, or the evidence of a consent."""
        suffix = {"audio": ".ogg", "video": ".mp4", "image": ".jpg"}.get(mime.partition("/")[0], ".bin")
        return await uow.media.create(
            kind=_kind_of(mime), mime=mime[:80], size=len(data), seconds=0,
            sha256=hashlib.sha256(data).hexdigest(), path=await self._store.save(data, suffix), state="stored",
            tries=0, created_at=self._clock.now(),
        )  # fmt: skip

    async def _add(
        self, uow: UnitOfWork, leader: LeaderRow, request: RequestRow, media_id: int, form: Form, **more: Any
    ) -> int:
        return await uow.recordings.create(
            **{"seconds": 0, **more}, request_id=request.id, leader_id=leader.id, media_id=media_id, form=form,
            state=RecordingState.ARRIVING, findings=[], created_at=self._clock.now(),
        )  # fmt: skip

    # Looking at it

    async def look(self, db: Database, prober: ClipProber, printer: Fingerprinter | None = None) -> int:
        """Look at takes whose file has come, outside of any transaction; returns how many were dealt with.

        With a `printer`, what sounds or looks like another leader's approved recording is refused, too.
        """
        async with db.read() as uow:
            arriving = await uow.recordings.arriving(limit=5)
            ready = [(each, await uow.media.get(each.media_id)) for each in arriving]
        dealt = 0
        for row, media in ready:
            if media is None or media.state == "wanted":
                continue
            clip = await self._probe(row, media, prober)
            if (
                not isinstance(clip, str)
                and printer is not None
                and await self._is_like_another(db, row, media, printer)
            ):
                clip = "somebody_else"
            async with db.write() as uow:
                await self._looked(uow, row.id, media, clip)
            dealt += 1
        return dealt

    async def _is_like_another(self, db: Database, row: RecordingRow, media: MediaRow, printer: Fingerprinter) -> bool:
        prints = await printer.prints(self._store.path(media.path or ""), media.kind)
        async with db.read() as uow:
            found = await self._verifying.by_fingerprint(uow, prints)
        theirs = found.rendition.leader_id if found.rendition is not None else None
        return theirs is not None and theirs != row.leader_id

    async def _probe(self, row: RecordingRow, media: MediaRow, prober: ClipProber) -> Clip | str:
        if media.state != "stored" or media.path is None:
            return "too_large" if media.state == "too_big" else "not_fetched"
        if media.size == 0:
            return "empty"
        try:
            path = self._store.path(media.path)
        except NotFound:
            return "not_fetched"
        found = await prober.probe(path, signed=row.form == Form.SIGNED)
        if isinstance(found, ClipRefusal):
            return str(found)
        return found if await prober.decodes(path) else str(ClipRefusal.DAMAGED)

    async def _looked(self, uow: UnitOfWork, recording_id: int, media: MediaRow, clip: Clip | str) -> None:
        await uow.decide_alone()  # of several workers one tells the leader
        row = await self.get(uow, recording_id)
        if row.state != RecordingState.ARRIVING:
            return
        request = await self._requests.get(uow, row.request_id)
        if request.state not in WAITING:  # an earlier take was submitted meanwhile: that was their choice
            await uow.recordings.change(row.id, state=RecordingState.REPLACED)
            return
        findings = [clip] if isinstance(clip, str) else _findings(clip, request)
        if await uow.recordings.of_somebody_else(row.leader_id, unique_id=row.unique_id, sha256=media.sha256):
            findings = ["somebody_else"]
        changed = {} if isinstance(clip, str) else _as_it_is(clip, request, media)
        await self._take(uow, row, findings, changed)

    async def _take(self, uow: UnitOfWork, row: RecordingRow, findings: list[str], changed: dict[str, Any]) -> None:
        """Taken as a draft and played back, or refused with the kind reason."""
        leader = await self._voices.leader(uow, row.leader_id)
        request = await self._requests.get(uow, row.request_id)
        refused = [each for each in findings if each in REFUSALS]
        if refused:
            await uow.recordings.change(row.id, state=RecordingState.REFUSED, findings=refused)
            await self._voices.tell(uow, leader, "recording.refused", request_id=request.id, why=refused[0])
            await self._tell_helper(uow, row, refused)
            return
        # Only now: a take that cannot be used does not cost them the good one before it.
        for old in await uow.recordings.of_request(request.id):
            if old.id < row.id and old.state == RecordingState.DRAFT:
                await uow.recordings.change(old.id, state=RecordingState.REPLACED)
        if "media" in changed:
            await uow.media.change(row.media_id, **changed["media"])
        await uow.recordings.change(
            row.id, state=RecordingState.DRAFT, findings=findings, **changed.get("recording", {})
        )
        await self._voices.tell(
            uow, leader, "recording.heard", recording_id=row.id, request_id=request.id, advice=findings,
            card=await self.card(uow, row.id),
        )  # fmt: skip
        await self._tell_helper(uow, row, findings)

    async def _tell_helper(self, uow: UnitOfWork, row: RecordingRow, findings: list[str]) -> None:
        await self._voices.tell_one(
            uow, row.recorded_by, "staff.recording_looked_at", request_id=row.request_id, findings=findings
        )

    async def card(self, uow: UnitOfWork, recording_id: int) -> dict[str, Any]:
        """A take exactly as residents will get it."""
        row = await self.get(uow, recording_id)
        request = await self._requests.get(uow, row.request_id)
        script = await self._requests.script(uow, request)
        leader = await self._voices.leader(uow, row.leader_id)
        return await self._cards.preview(
            uow, message_id=request.message_id, language=request.language, text=script["own"] or script["english"],
            text_language=request.language if script["own"] else "en-GB", media_id=row.media_id,
            leader=await self._voices.shown(uow, leader),
        )  # fmt: skip

    # Submitting

    async def submit(self, uow: UnitOfWork, row: RecordingRow, *, actor: Actor | None = None) -> int:
        """The leader says: this is it. It becomes a draft rendition, and a second speaker is asked.

        Returns the rendition's number. `actor`: the staff member who recorded it for a leader without the app.
        Raises Conflict where it is no draft, or somebody else's recording is in use.
        """
        await uow.decide_alone()
        row = await self.get(uow, row.id)
        request = await self._requests.get(uow, row.request_id)
        if actor is not None:
            actor.check(Act.HELP_LEADER)
        if row.state != RecordingState.DRAFT or request.state not in WAITING:
            raise Conflict("This recording cannot be submitted: it was replaced, or it is with the team already.")
        await self._make_room(uow, request, row)
        rendition_id = await self._rendition(uow, request, row)
        now = self._clock.now()
        await uow.recordings.change(row.id, state=RecordingState.SUBMITTED, rendition_id=rendition_id, submitted_at=now)
        await uow.leaders.change_request(request.id, state=RequestState.SUBMITTED, changed_at=now)
        await self._audit.note_system(uow, "submit_recording", f"recording {row.id}", rendition=rendition_id)
        await self.ask_reviewer(uow, rendition_id, request)
        return rendition_id

    async def _make_room(self, uow: UnitOfWork, request: RequestRow, row: RecordingRow) -> None:
        """One rendition of each kind is in use: an older draft, or their own older one, gives way."""
        old = await uow.messages.find_rendition(request.message_id, request.language, row.form)
        if old is None or old.state == RenditionState.WITHDRAWN:
            return
        if old.state != RenditionState.DRAFT and old.leader_id != row.leader_id:
            raise Conflict("A recording by somebody else is in use for this message.")
        await uow.messages.change_rendition(old.id, state=RenditionState.WITHDRAWN)
        await uow.approvals.void(self._renditions.kind, old.id)
        await self._voices.stop(uow, old.id, "a rendition was replaced")

    async def _rendition(self, uow: UnitOfWork, request: RequestRow, row: RecordingRow) -> int:
        consent = await self._consents.current(uow, row.leader_id)
        message = await self._requests.message(uow, request)
        media = await uow.media.get(row.media_id)
        if media is None:
            raise NotFound("The file is not there any more.")
        text = (await self._requests.script(uow, request))["own"]
        what = media.sha256 or media.unique_id or media.file_id
        return await uow.messages.add_rendition(
            message_id=message.id, language=request.language, form=row.form, text=text, media_id=media.id,
            leader_id=row.leader_id, consent=consent.scope, consented_at=consent.given_at,
            consent_until=consent.until, consent_id=consent.id, made_by=row.recorded_by, state=RenditionState.DRAFT,
            content_hash=content_hash(message.content_hash, request.language, row.form, text, what),
            created_at=self._clock.now(),
        )  # fmt: skip

    async def ask_reviewer(self, uow: UnitOfWork, rendition_id: int, request: RequestRow) -> bool:
        """Ask a second speaker; where there is none, whoever asked for the recording hears it."""
        try:
            await self._approvals.request(uow, None, self._renditions.kind, rendition_id)
        except NotFound:
            await self._voices.tell_one(
                uow, request.asked_by, "staff.no_second_speaker", language=request.language, rendition_id=rendition_id
            )
            return False
        return True


def _form_of(request: RequestRow, kind: MediaKind) -> Form:
    return Form.SIGNED if request.form == Form.SIGNED else _FORMS.get(kind, Form(request.form))


def _kind_of(mime: str) -> MediaKind:
    family = mime.partition("/")[0]
    return {"audio": MediaKind.AUDIO, "video": MediaKind.VIDEO, "image": MediaKind.PHOTO}.get(
        family, MediaKind.DOCUMENT
    )


def _longest(request: RequestRow) -> float:
    """Twice what was asked for, where that is a few seconds; never above what the bot sends."""
    target = request.target_seconds or BOT_SECONDS
    return min(2.0 * target, float(BOT_SECONDS)) + MARGIN_SECONDS


def _findings(clip: Clip, request: RequestRow) -> list[str]:
    """What is to be said about a recording that could be read."""
    found = []
    if clip.seconds > _longest(request):
        return [str(ClipRefusal.TOO_LONG)]
    if request.form == Form.SIGNED:
        return []
    if clip.loudness is not None:
        if clip.loudness.integrated < QUIET_LUFS:
            found.append("quiet")
        if clip.loudness.true_peak >= CLIPPED_DBTP:
            found.append("clipped")
        if clip.loudness.silence > MOSTLY_SILENT:
            found.append("mostly_silent")
    if request.target_seconds and clip.seconds > 1.5 * request.target_seconds:
        found.append("longer")
    return found


def _as_it_is(clip: Clip, request: RequestRow, media: MediaRow) -> dict[str, Any]:
    """A file that came under another name is what it is: sound, or a picture."""
    shape = clip.shape
    if request.form == Form.SIGNED:
        form, kind = Form.SIGNED, MediaKind.VIDEO
    elif shape is ClipShape.VOICE:
        form, kind = Form.VOICE, MediaKind.VOICE if media.kind == MediaKind.VOICE else MediaKind.AUDIO
    else:
        form, kind = Form.VIDEO, MediaKind.ROUND if media.kind == MediaKind.ROUND else MediaKind.VIDEO
    changed: dict[str, Any] = {"recording": {"form": form, "seconds": round(clip.seconds)}}
    changed["media"] = {"seconds": round(clip.seconds)}
    if kind != media.kind:
        # Telegram's handle of a document cannot be sent as a video: it is uploaded anew.
        changed["media"] |= {"kind": kind, "file_id": None}
    return changed
