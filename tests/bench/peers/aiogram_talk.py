"""aiogram's six-step conversation, used in process and end to end; its state is kept in memory."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods.base import TelegramMethod
from aiogram.types import Message

from tests.bench.peers.updates import TOKEN, api_answer


class Filing(StatesGroup):
    kind = State()
    facts = State()
    enterprise = State()
    phone = State()
    confirm = State()


STEPS = (Filing.kind, Filing.facts, Filing.enterprise, Filing.phone, Filing.confirm)


class SocketlessSession(AiohttpSession):
    """Serialises the request and parses the answer, without a socket between them."""

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        self.build_form_data(bot=bot, method=method)
        answer = api_answer(type(method).__name__, getattr(method, "chat_id", None), getattr(method, "text", ""))
        return self.check_response(bot=bot, method=method, status_code=200, content=answer.decode()).result


def socketless_bot() -> Bot:
    return Bot(TOKEN, session=SocketlessSession())


def dispatcher(filed: Callable[[int], None] = lambda chat: None) -> Dispatcher:
    """Return a dispatcher that holds the conversation; `filed` is told the chat at the end of each."""
    dispatcher = Dispatcher(storage=MemoryStorage())

    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(STEPS[0])
        await message.answer("1/5?")

    async def end(message: Message, state: FSMContext) -> None:
        await state.clear()
        await message.answer("filed")
        filed(message.chat.id)

    dispatcher.message(Command("file"))(begin)
    for number in range(1, len(STEPS)):
        dispatcher.message(STEPS[number - 1], F.text)(_step(number))
    dispatcher.message(STEPS[-1], F.text)(end)
    return dispatcher


def _step(number: int) -> Callable[[Message, FSMContext], Awaitable[None]]:
    async def step(message: Message, state: FSMContext) -> None:
        await state.update_data({f"a{number}": message.text})
        await state.set_state(STEPS[number])
        await message.answer(f"{number + 1}/5?")

    return step
