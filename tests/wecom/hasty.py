"""`python -m tests.wecom.hasty`: `qinqing run`, which rests two seconds where the platform wants a minute's pause."""

from bot.channels.wecom import meanings
from bot.cli import main

if __name__ == "__main__":
    meanings.PAUSE_SECONDS = 2.0
    main(["run"])
