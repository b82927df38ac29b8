"""The composition root: makes the parts of the bot and joins them. Nothing is started here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from bot import texts
from bot.admin_notices import AdminNotices
from bot.answering import Answering, BotApplication
from bot.api_request import ApiRequest
from bot.background import Background
from bot.chat_order import ChatOrder
from bot.connection import application_for, request
from bot.database import Database
from bot.delivery import Delivery
from bot.encryption import Encryption
from bot.handlers.admin import Admin
from bot.handlers.everyone import Everyone, hint
from bot.handlers.forget import Forget
from bot.handlers.photos import Photos
from bot.inbox import Inbox
from bot.inference import Reader
from bot.intake import Intake
from bot.lines import Lines
from bot.message_ids import MessageIds
from bot.metrics import Metrics
from bot.pacing import Pacing
from bot.personal_data import PersonalData
from bot.polling import Poller
from bot.questions import Questions
from bot.quota import PhotoQuota
from bot.settings import Settings
from bot.storage import Storage
from bot.web.app import create_app
from bot.web.exposition import Exposition
from bot.web.health import Health
from bot.web.registration import Registration
from bot.web.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Parts:
    """What `application.running` starts and stops."""

    application: BotApplication
    poll_request: ApiRequest
    message_ids: MessageIds
    personal_data: PersonalData
    inbox: Inbox
    intake: Intake
    lines: Lines
    background: Background
    app: Starlette  # the addresses that the bot answers at
    tell_reader_is_down: Callable[[], Awaitable[None]]


def assembled(
    settings: Settings,
    reader: Reader,
    database: Database,
    *,
    metrics: Metrics,
    transport: httpx.AsyncBaseTransport | None,
) -> Parts:
    """All parts, joined.

    Args:
        transport: how requests reach the Bot API server; over the network if None.
    """
    pacing, background, order = Pacing(), Background(), ChatOrder()
    application = application_for(settings, pacing, metrics, transport)
    bot = application.bot
    # More connections than the one that polls, so that a stuck one can't end polling.
    poll_request = request(metrics, transport, num_connections=4)
    message_ids = MessageIds(database)
    encryption = Encryption(settings.encryption_secrets)
    inbox = Inbox(bot, database, message_ids, encryption)
    personal_data = PersonalData(database, encryption)
    webhook = _webhook(settings, inbox, background, metrics)
    intake: Intake
    if webhook:
        secret = settings.webhook_secret_token
        intake = Registration(bot, webhook, settings.webhook_url, secret)
    else:
        deadline_seconds = settings.polling_deadline_seconds
        intake = Poller(bot, poll_request, inbox, deadline_seconds=deadline_seconds)
    delivery = Delivery(bot, database, message_ids, intake.caught_up, pacing, metrics=metrics)
    questions = Questions(bot, database, encryption, intake.caught_up)
    storage = Storage(database)
    _add_handlers(
        application,
        Admin(settings.admin_ids, inbox, reader, delivery),
        Forget(personal_data, delivery),
        Everyone(reader, storage, delivery),
        Photos(reader, storage, questions, delivery),
        delivery=delivery,
    )
    notices = AdminNotices(bot, order, message_ids, settings.admin_ids)
    answering = Answering(
        application,
        inbox,
        questions,
        delivery,
        background,
        report=notices.report,
        metrics=metrics,
    )
    lines = Lines(answering, inbox, _quota(settings), order, background)
    metrics.watch(reader.card, lambda: lines.num_lines, lambda: intake.age_seconds)
    return Parts(
        application=application,
        poll_request=poll_request,
        message_ids=message_ids,
        personal_data=personal_data,
        inbox=inbox,
        intake=intake,
        lines=lines,
        background=background,
        app=create_app(
            Health(inbox, intake, reader, background),
            Exposition(metrics, inbox),
            webhook,
            urlsplit(settings.webhook_url).path,
        ),
        tell_reader_is_down=partial(notices.tell, texts.READER_DOWN),
    )


def _webhook(
    settings: Settings, inbox: Inbox, background: Background, metrics: Metrics
) -> Webhook | None:
    if not settings.webhook_url:
        return None
    return Webhook(inbox, background, settings.webhook_secret_token, metrics)


def _quota(settings: Settings) -> PhotoQuota:
    return PhotoQuota(
        per_minute=settings.photos_per_minute,
        max_waiting=settings.photos_waiting,
        exempt=settings.admin_ids,
    )


def _add_handlers(
    application: BotApplication,
    *audiences: Admin | Forget | Everyone | Photos,
    delivery: Delivery,
) -> None:
    """The first handler that an update suits answers it; where none does, the hint."""
    for audience in audiences:
        application.add_handlers(audience.routes())
    application.add_handler(hint(delivery))
