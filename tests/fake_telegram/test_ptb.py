"""The real python-telegram-bot is happy with the server, in this process and over a socket."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    MenuButtonCommands,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction, ParseMode, ReactionEmoji
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import ApplicationBuilder, ContextTypes, TypeHandler

from fake_telegram import BadGateway, Drop, Hang, Person, Refuse, World, serve

SECRET = "s3cret"  # noqa: S105 - opens nothing


async def test_every_method_takes_what_the_library_sends_and_answers_what_it_reads(
    bot: Bot, ann: Person, picture: bytes
) -> None:
    chat = ann.user_id
    assert bot.bot.can_join_groups is True
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    theirs = ann.send_photo(picture)
    text = await bot.send_message(
        chat,
        "<b>A</b> 7",
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard,
        reply_parameters=ReplyParameters(theirs["message_id"]),
    )
    assert text.reply_to_message is not None
    photo = await bot.send_photo(chat, picture, caption="drawn", has_spoiler=False)
    assert max(size.width for size in photo.photo) == 1280
    again = await bot.send_photo(chat, photo.photo[0])
    assert again.photo == photo.photo
    document = await bot.send_document(chat, b"7", filename="seven.txt")
    assert document.document is not None
    assert document.document.file_name == "seven.txt"
    album = await bot.send_media_group(chat, [InputMediaPhoto(picture), InputMediaPhoto(picture)])
    assert album[0].media_group_id == album[1].media_group_id
    for edit in (
        bot.edit_message_text("A 1", chat, text.message_id),
        bot.edit_message_reply_markup(chat, text.message_id, reply_markup=keyboard),
        bot.edit_message_caption(chat, photo.message_id, caption="seen"),
        bot.edit_message_media(InputMediaDocument(b"8"), chat, photo.message_id),
    ):
        assert isinstance(await edit, Message)
    assert await bot.delete_message(chat, again.message_id)
    assert await bot.send_chat_action(chat, ChatAction.TYPING)
    assert await bot.set_message_reaction(chat, theirs["message_id"], ReactionEmoji.THUMBS_UP)
    commands = (BotCommand("start", "Begin"),)
    scope = BotCommandScopeAllPrivateChats()
    assert await bot.set_my_commands(commands, scope)
    assert await bot.get_my_commands(scope) == commands
    assert await bot.delete_my_commands(scope)
    assert await bot.set_chat_menu_button(chat, MenuButtonCommands())
    assert await bot.get_chat_menu_button(chat) == MenuButtonCommands()
    ann.press(text.message_id, "yes")
    press = (await bot.get_updates())[-1]
    assert press.callback_query is not None
    assert await press.callback_query.answer("Thanks")
    file = await bot.get_file(document.document)
    assert await file.download_as_bytearray() == b"7"
    assert await bot.set_webhook("https://bot.example/hook", secret_token=SECRET)
    assert (await bot.get_webhook_info()).url == "https://bot.example/hook"
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).url == ""


async def test_every_kind_of_update_is_read_by_the_library(
    bot: Bot, world: World, ann: Person, picture: bytes
) -> None:
    group = world.group()
    ann.send_text("/start@digit_reader_bot", chat=group)
    photo = ann.send_photo(picture, caption="/read")
    ann.edit_photo(photo["message_id"], picture)
    ann.send_document(picture, file_name="7.png", mime_type="image/png")
    ann.send_sticker()
    ann.send_voice()
    ann.press(photo["message_id"], "x")
    ann.press(4711, "x")
    ann.block_bot()
    ann.unblock_bot()
    updates = await bot.get_updates()
    assert len(updates) == 10
    kept = json.dumps([update.to_dict() for update in updates])
    assert "api_kwargs" not in kept
    for update in updates:
        assert update.api_kwargs == {}
        assert update.effective_user is not None
        assert update.effective_user.id == ann.user_id


async def test_refusals_become_the_librarys_errors(
    bot: Bot, world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # a number of seconds is deprecated
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(4711, "hi")
    world.faults.add("sendMessage", Refuse.flood(3))
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(ann.user_id, "hi")
    assert flood.value.retry_after == timedelta(seconds=3)
    world.faults.add("sendMessage", BadGateway())
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ann.user_id, "hi")
    world.faults.add("sendMessage", Drop(after_commit=True))
    with pytest.raises(NetworkError):
        await bot.send_message(ann.user_id, "hi")
    ann.block_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ann.user_id, "hi")
    await bot.set_webhook("https://bot.example/hook")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    world.token = "1:other"  # noqa: S105 - opens nothing
    with pytest.raises(InvalidToken):
        await bot.get_me()


@pytest_asyncio.fixture
async def served() -> AsyncIterator[tuple[World, str]]:
    world = World(strict=True)
    async with serve(world) as address:
        yield world, address


def builder(world: World, address: str) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    return (
        ApplicationBuilder()
        .token(world.token)
        .base_url(f"{address}/bot")
        .base_file_url(f"{address}/file/bot")
    )


async def answer_with_the_size(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """A bot as small as can be: says how many bytes a photo has, and repeats a text."""
    message = update.effective_message
    assert message is not None
    if not message.photo:
        await message.reply_text(f"You said {message.text}")
        return
    largest = max(message.photo, key=lambda size: size.width)
    file = await largest.get_file()
    await message.reply_text(f"{len(await file.download_as_bytearray())} bytes", do_quote=True)


async def test_an_application_polls_answers_and_stops(
    served: tuple[World, str], picture: bytes
) -> None:
    world, address = served
    application = builder(world, address).build()
    application.add_handler(TypeHandler(Update, answer_with_the_size))
    ann = Person(world)
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        ann.send_text("hello")
        assert (await world.next_message(ann.user_id))["text"] == "You said hello"
        photo = ann.send_photo(picture)
        reply = await world.next_message(ann.user_id)
        largest = max(photo["photo"], key=lambda size: int(size["width"]))
        assert reply["text"] == f"{largest['file_size']} bytes"
        assert reply["reply_to_message"]["message_id"] == photo["message_id"]
        await application.updater.stop()
        await application.stop()
    assert world.updates.waiting() == ()


async def test_a_hanging_send_times_out_in_the_library_though_it_was_carried_out(
    served: tuple[World, str],
) -> None:
    world, address = served
    ann = Person(world)
    ann.send_text("/start")
    application = builder(world, address).read_timeout(0.1).build()
    world.faults.add("sendMessage", Hang(seconds=60))
    async with application:
        with pytest.raises(TimedOut):
            await application.bot.send_message(ann.user_id, "hi")
    assert [message["text"] for message in world.sent(ann.user_id)] == ["hi"]


@pytest.mark.parametrize(("secret", "is_answered"), [(SECRET, True), ("another", False)])
async def test_an_application_with_a_webhook_answers_who_knows_its_secret(
    served: tuple[World, str], unused_tcp_port: int, secret: str, is_answered: bool
) -> None:
    world, address = served
    application = builder(world, address).build()
    application.add_handler(TypeHandler(Update, answer_with_the_size))
    ann = Person(world)
    async with application:
        assert application.updater is not None
        await application.start()
        url = f"http://127.0.0.1:{unused_tcp_port}/hook"
        await application.updater.start_webhook(
            "127.0.0.1", unused_tcp_port, "hook", webhook_url=url, secret_token=SECRET
        )
        await application.bot.set_webhook(url, secret_token=secret)
        ann.send_text("hello")
        if is_answered:
            assert (await world.next_message(ann.user_id))["text"] == "You said hello"
        else:
            await world.until(lambda: world.webhook_error is not None)
            assert world.sent(ann.user_id) == []
        await application.updater.stop()
        await application.stop()
