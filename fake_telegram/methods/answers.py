"""Answering a pressed button."""

from fake_telegram import refusals
from fake_telegram.entities import utf16_length
from fake_telegram.methods.registry import Methods
from fake_telegram.params import Params
from fake_telegram.refusals import Refused
from fake_telegram.world import World

METHODS = Methods()

MAX_ANSWER = 200


@METHODS.method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
async def answer_callback_query(world: World, params: Params) -> bool:
    chat_id = world.callback_queries.chat_of(params.text("callback_query_id"))
    if chat_id is None:
        raise Refused(refusals.QUERY_TOO_OLD)
    text = params.text("text")
    if utf16_length(text) > MAX_ANSWER:
        raise Refused(refusals.ANSWER_TOO_LONG)
    world.events.publish(
        chat_id,
        {
            "type": "callback_answer",
            "text": text or None,
            "show_alert": params.flag("show_alert"),
        },
    )
    return True
