"""The command `qinqing`."""

from __future__ import annotations

import asyncio
import sys

import typer

from bot import app as building
from bot import logs, serving
from bot.settings import settings
from domain.errors import QinqingError

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="亲清 · the chat front desk of an office.")


@cli.command()
def run() -> None:
    """Run the office of office.toml."""
    asyncio.run(serving.serve(building.build(settings())))


@cli.command()
def demo() -> None:
    """Run a demo office with sample people and a time machine; no account needed."""
    wanted = settings()
    print(f"亲清 demo: http://{wanted.http_host}:{wanted.http_port}/chat  (Ctrl-C ends it)", flush=True)
    asyncio.run(serving.serve(serving.demo(wanted)))


def main() -> None:
    """Run the command; what is wrong is said in one line."""
    logs.configure()
    try:
        cli()
    except QinqingError as error:
        print(f"qinqing: {error}", file=sys.stderr)
        raise SystemExit(2) from None
