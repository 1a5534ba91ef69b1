"""The peers as rows: what each is, and what it keeps when the machine stops."""

from tests.bench.harness import Row

PEERS = "tests.bench.peers"
NO, PAGE_CACHE = "no", "to the page cache"


def load(chats: int, *further: str) -> tuple[str, ...]:
    """Return the worker of an end-to-end row of six-step conversations; further arguments as in load.py."""
    return ("tests.bench.load", "--chats", str(chats), "--conversations", str(max(chats, 300)), *further)


def ack_load(connections: int = 64, posts: int = 20_000) -> tuple[str, ...]:
    """Return the worker of a row that only counts acknowledgements."""
    return ("tests.bench.load", "--ack", "--chats", str(connections), "--conversations", str(posts))


def in_process(chats: int) -> list[Row]:
    talk = (f"{PEERS}.ptb_conversation", "--chats", str(chats))
    return [
        Row("aiogram, state in memory", NO, (f"{PEERS}.aiogram_conversation", "--chats", str(chats))),
        Row("PTB, no persistence", NO, talk),
        Row("PTB + PicklePersistence, each update", PAGE_CACHE, (*talk, "--pickle")),
    ]


def end_to_end(chats: int) -> list[Row]:
    return [
        Row("aiogram, state in memory", NO, load(chats), (f"{PEERS}.aiogram_app",)),
        Row("PTB, no persistence", NO, load(chats), (f"{PEERS}.ptb_app",)),
        Row("PTB + PicklePersistence, each update", PAGE_CACHE, load(chats), (f"{PEERS}.ptb_app", "--pickle")),
    ]


def webhooks() -> list[Row]:
    named = {
        "aiohttp": "bare aiohttp: secret, JSON, 200",
        "ptb": "PTB's own webhook (tornado)",
        "ptb_aiohttp": "PTB behind an aiohttp webhook",
        "aiogram": "aiogram's webhook (aiohttp)",
    }
    return [Row(name, NO, ack_load(), (f"{PEERS}.webhook_servers", key)) for key, name in named.items()]
