"""Everything the comms team works with, together: each of these does its work without the vault's key."""

from dataclasses import dataclass

from bot.db import Database
from bot.domain.controller import Controller
from bot.domain.paid import PaidTerms
from bot.i18n import Registry
from bot.services.accounts import Accounts
from bot.services.alerts import Alerts
from bot.services.answers import Answers
from bot.services.approvals import Approvals
from bot.services.audit import Audit
from bot.services.broadcasts import Broadcasts
from bot.services.cards import Cards
from bot.services.circle import Circle
from bot.services.consents import Consents
from bot.services.coverage import Coverage
from bot.services.duty import Duty
from bot.services.erasing import LeaderErasure
from bot.services.film_making import FilmMaking
from bot.services.film_sharing import FilmSharing
from bot.services.films import Films, Publisher
from bot.services.languages import Languages
from bot.services.launch import Launch
from bot.services.leaders import Leaders
from bot.services.matching import Matching
from bot.services.messages import Messages
from bot.services.outbox import Outbox
from bot.services.planner import Planner
from bot.services.ports import Clock, Erasures, MediaStore
from bot.services.posters import Posters
from bot.services.press import Press
from bot.services.prices import Prices
from bot.services.promises import Promises
from bot.services.provenance import Provenance
from bot.services.questions import Questions
from bot.services.reach import Reach, build_reach
from bot.services.recalls import Recalls
from bot.services.recognition import Recognition
from bot.services.recordings import Recordings
from bot.services.renditions import Renditions
from bot.services.requests import Requests
from bot.services.resend import Resend
from bot.services.reviews import ReviewExceptions, Reviews
from bot.services.revisions import Revisions
from bot.services.rumours import Rumours
from bot.services.safeguarding import Safeguarding
from bot.services.series import Series
from bot.services.shelf import Shelf
from bot.services.staff import Staff
from bot.services.steering import Steering
from bot.services.thanks import Thanks
from bot.services.translations import Translations
from bot.services.triage import Triage
from bot.services.updates import AnswerUpdates
from bot.services.veil import Veil
from bot.services.verifying import Verifying
from bot.services.voices import Voices


@dataclass(frozen=True, slots=True)
class Desk:
    """Built by bot/app; used by the console, the command line, jobs and conversations."""

    db: Database
    registry: Registry
    controller: Controller
    clock: Clock
    store: MediaStore
    bot_id: int
    outbox: Outbox
    audit: Audit
    cards: Cards
    updates: AnswerUpdates
    approvals: Approvals
    renditions: Renditions
    matching: Matching
    recognition: Recognition
    rumours: Rumours
    questions: Questions
    triage: Triage
    safeguarding: Safeguarding
    promises: Promises
    veil: Veil
    answers: Answers
    planner: Planner
    prices: Prices
    launch: Launch
    broadcasts: Broadcasts
    steering: Steering
    resend: Resend
    recalls: Recalls
    accounts: Accounts
    staff: Staff
    messages: Messages
    voices: Voices
    duty: Duty
    thanks: Thanks
    leaders: Leaders
    consents: Consents
    requests: Requests
    recordings: Recordings
    reviews: Reviews
    exceptions: ReviewExceptions
    translations: Translations
    languages: Languages
    provenance: Provenance
    verifying: Verifying
    revisions: Revisions
    shelf: Shelf
    coverage: Coverage
    circle: Circle
    erasing: LeaderErasure
    reach: Reach
    films: Films
    film_making: FilmMaking
    film_sharing: FilmSharing
    press: Press


def build_desk(
    db: Database, registry: Registry, controller: Controller, clock: Clock, store: MediaStore, *,
    bot_id: int, rate: float, deputy_minutes: int, need_chats: bool, erasures: Erasures, reviews_a_day: int = 6,
    paid: PaidTerms | None = None,
) -> Desk:  # fmt: skip
    """Wire the services to each other. `need_chats`: both approvers must have joined with their own phones.

    `erasures`: where it is remembered that a leader was erased. `reviews_a_day`: how often a second speaker is asked.
    `paid`: the pace and the cap of paid broadcasts, None where they are switched off.
    """
    matching = Matching(clock)
    outbox, audit, cards = Outbox(clock), Audit(clock), Cards(registry, clock)
    updates = AnswerUpdates(outbox, cards, clock)
    rumours = Rumours(outbox, audit, cards, clock, controller, bot_id=bot_id)
    recognition = Recognition(matching, cards, clock)
    rumours.kin = recognition
    voices = Voices(registry, outbox, clock, bot_id=bot_id)
    renditions = Renditions(registry, audit, updates, voices, clock)
    requests, consents = Requests(registry, voices, audit, clock), Consents(voices, erasures, audit, clock)
    answers = Answers(rumours, updates, requests, audit, clock)
    planner = Planner(cards, clock, bot_id=bot_id, rate=rate, paid=paid)
    prices = Prices(planner, clock, controller.zone, paid)
    alerts = Alerts(outbox, bot_id=bot_id)
    duty = Duty(outbox, audit, clock, bot_id=bot_id, minutes=deputy_minutes)
    series = Series(planner, alerts, audit, clock)
    launch = Launch(planner, series, prices, alerts, audit, clock, bot_id=bot_id)
    broadcasts = Broadcasts(
        planner, prices, launch, registry, controller, audit, clock, bot_id=bot_id, need_chats=need_chats
    )
    approvals = Approvals(
        outbox, audit, clock, bot_id=bot_id, deputy_minutes=deputy_minutes, reviews_a_day=reviews_a_day
    )
    exceptions = ReviewExceptions(renditions, approvals, clock)
    verifying = Verifying(cards, clock)
    reach = build_reach(registry, outbox, audit, cards, clock, bot_id=bot_id, reply_days=controller.reply_days)
    revisions, shelf = Revisions(cards, audit, clock, bot_id=bot_id), Shelf(broadcasts, audit, clock)
    films = Films(registry, store, clock)
    film_sharing = FilmSharing(films, broadcasts, alerts, store, audit, clock)
    for subject in (renditions, answers, broadcasts, exceptions, reach.claims, revisions, shelf, film_sharing):
        approvals.register(subject)
    return Desk(
        db=db, registry=registry, controller=controller, clock=clock, store=store, bot_id=bot_id, outbox=outbox,
        audit=audit, cards=cards, updates=updates, approvals=approvals, renditions=renditions,
        matching=matching, recognition=recognition, rumours=rumours,
        questions=Questions(outbox, audit, clock, bot_id=bot_id), triage=Triage(rumours, updates, audit, clock),
        safeguarding=Safeguarding(rumours, audit, clock), promises=Promises(outbox, clock, bot_id=bot_id),
        veil=Veil(outbox, audit, clock, bot_id=bot_id), answers=answers, planner=planner, prices=prices,
        launch=launch, broadcasts=broadcasts,
        steering=Steering(planner, launch, series, audit, clock),
        resend=Resend(planner, audit, clock, bot_id=bot_id),
        recalls=Recalls(planner, alerts, audit, clock), accounts=Accounts(planner, clock),
        staff=Staff(registry, outbox, audit, clock, bot_id=bot_id), messages=Messages(registry, store, updates, clock),
        voices=voices, duty=duty, thanks=Thanks(voices, cards, clock),
        leaders=Leaders(registry, voices, duty, audit, clock), consents=consents, requests=requests,
        recordings=Recordings(
            requests, consents, voices, renditions, approvals, cards, verifying, store, audit, clock, bot_id=bot_id
        ),
        reviews=Reviews(renditions, approvals, voices, audit, clock), exceptions=exceptions,
        translations=Translations(requests, renditions, approvals, voices, audit, clock),
        languages=Languages(registry, outbox, audit, clock, bot_id=bot_id),
        provenance=Provenance(store, clock), verifying=verifying, reach=reach,
        revisions=revisions, shelf=shelf, coverage=Coverage(clock, bot_id=bot_id),
        circle=Circle(registry, audit, clock), erasing=LeaderErasure(audit, store, erasures, clock), films=films,
        film_making=FilmMaking(films, Publisher.of(controller), store, audit, clock), film_sharing=film_sharing,
        press=Press(
            films, film_sharing, reach.sharing, Posters(registry, controller, clock), store, registry,
            Publisher.of(controller),
        ),
    )  # fmt: skip
