"""python-telegram-bot's six-step conversation (ConversationHandler), used in process and end to end."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest, RequestData

from tests.bench.peers.updates import TOKEN, api_answer

QUESTIONS = 5
Step = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, int]]


class SocketlessRequest(BaseRequest):
    """Takes the request as it was serialised and gives an answer to parse, without a socket between them."""

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is open."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **timeouts: Any
    ) -> tuple[int, bytes]:
        sent = request_data.json_parameters if request_data else {}
        return 200, api_answer(url.rpartition("/")[2], sent.get("chat_id"), sent.get("text", ""))


def builder(pickle: Path | None) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    """Return an application to be: no job queue, no updater; with a file, its state is pickled there.

    PicklePersistence flushes when told to (on_flush=False): `update_persistence` after an update keeps it.
    """
    made = Application.builder().token(TOKEN).job_queue(None).updater(None)
    return made if pickle is None else made.persistence(PicklePersistence(pickle, on_flush=False))


def socketless(pickle: Path | None = None) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    return builder(pickle).request(SocketlessRequest()).get_updates_request(SocketlessRequest())


def conversation(*, persistent: bool, filed: Callable[[int], None] = lambda chat: None) -> ConversationHandler[Any]:
    """Return the handler of the conversation; `filed` is told the chat at the end of each."""

    async def begin(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        await said(update).reply_text("1/5?")
        return 1

    async def end(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        await said(update).reply_text("filed")
        (context.user_data or {}).clear()
        filed(said(update).chat_id)
        return ConversationHandler.END

    steps = {number: _step(number) for number in range(1, QUESTIONS)} | {QUESTIONS: end}
    text = filters.TEXT & ~filters.COMMAND
    states: dict[object, list[Any]] = {number: [MessageHandler(text, step)] for number, step in steps.items()}
    entry: list[Any] = [CommandHandler("file", begin)]
    return ConversationHandler(entry, states, [CommandHandler("cancel", end)], name="filing", persistent=persistent)


def said(update: Update) -> Message:
    """Return the update's message; raises ValueError for an update without one."""
    if update.message is None:
        raise ValueError("an update without a message")
    return update.message


def _step(number: int) -> Step:
    async def step(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        kept = context.user_data
        assert kept is not None
        kept[f"a{number}"] = said(update).text
        await said(update).reply_text(f"{number + 1}/5?")
        return number + 1

    return step
