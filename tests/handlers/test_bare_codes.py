"""A one-time code sent as it was given, without the command before it."""

import pytest

from domain.case import Role
from handlers.invitations import Invitation, invite
from tests.people import Town


@pytest.mark.parametrize("lower", [False, True])
def test_an_invitation_works_without_its_command(small_town: Town, lower: bool) -> None:
    code = small_town.write(invite, Invitation(Role.DISPATCHER), small_town.now)
    newcomer = small_town.owner("陈岚")
    newcomer.say(code.lower() if lower else code)

    newcomer.heard("您现在是")
    assert newcomer.offers("派单台")


def test_a_code_nobody_gave_out_is_told_so(small_town: Town) -> None:
    stranger = small_town.owner("赵启明")
    stranger.say("ABCDE-23456")

    stranger.heard("码")
    assert not stranger.offers("派单台")


def test_digits_with_a_line_between_them_are_no_code(small_town: Town) -> None:
    owner = small_town.owner("赵启明")
    owner.say("12345-67890")

    owner.heard("请用几个字说说")
