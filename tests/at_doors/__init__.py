"""The people of the stories at the platforms themselves: what they do and see is what the platforms carry.

CHANNELS is the one list of them: web, Telegram, and WeCom with its customer service.
"""

from tests.at_doors.town import CHANNELS, StoryTown, telling

__all__ = ["CHANNELS", "StoryTown", "telling"]
