"""The one ASGI app: every address that the bot answers at."""

from starlette.applications import Starlette
from starlette.routing import Route

from bot.web.exposition import Exposition
from bot.web.health import Health
from bot.web.webhook import Webhook


def create_app(
    health: Health, exposition: Exposition, webhook: Webhook | None, webhook_path: str
) -> Starlette:
    """The app; without a webhook where the bot fetches updates itself."""
    routes = [
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", exposition.metrics),
    ]
    if webhook:
        routes.append(Route(webhook_path, webhook.answer, methods=["POST"]))
    return Starlette(routes=routes)
