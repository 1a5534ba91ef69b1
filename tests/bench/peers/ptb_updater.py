"""python-telegram-bot as its documentation begins: `run_polling` with one handler, which notes the text and answers.

What it noted is its whole state, a line each in a file of the folder BOT_FOLDER; a line written survives a kill.
"""

import os
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

NOTED = "noted"


async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Note what was said, then say so."""
    assert update.message is not None
    text = update.message.text or ""
    with (Path(os.environ["BOT_FOLDER"]) / NOTED).open("a", encoding="utf-8") as noted:
        noted.write(f"{text}\n")
    await update.message.reply_text(f"noted: {text}")


def main() -> None:
    """Poll until SIGTERM."""
    api = os.environ["BOT_API"]
    builder: Any = Application.builder().token(os.environ["BOT_TOKEN"])
    app = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot").build()
    app.add_handler(MessageHandler(filters.TEXT, answer))
    app.run_polling()


if __name__ == "__main__":
    main()
