"""The cookie of the page inside WeCom: for its purpose, its browser and its time alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import cookies
from bot.channels.wecom import oauth
from bot.settings import Settings

SECRET, OTHER = bytes(32), bytes([1]) * 32
NOW = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
ENDS = NOW + oauth.SESSION_VALID


@given(st.text(min_size=1, max_size=64))
def test_what_was_sealed_is_opened_until_its_time(userid: str) -> None:
    try:
        userid.encode()
    except UnicodeEncodeError:
        return
    cookie = oauth.sealed(oauth.SESSION, userid, ENDS, SECRET)
    assert oauth.opened(oauth.SESSION, cookie, ENDS - timedelta(seconds=1), SECRET) == userid
    assert oauth.opened(oauth.SESSION, cookie, ENDS, SECRET) == ""


def test_no_other_secret_purpose_name_or_time_will_do() -> None:
    cookie = oauth.sealed(oauth.SESSION, "zhang", ENDS, SECRET)
    plain, ends, mark = cookie.split(".")
    li = oauth.sealed(oauth.SESSION, "li", ENDS, SECRET).partition(".")[0]
    for forged in (f"{li}.{ends}.{mark}", f"{plain}.{int(ends) + 1}.{mark}", f"{plain}.{ends}.{mark[:-1]}", plain):
        assert oauth.opened(oauth.SESSION, forged, NOW, SECRET) == ""
    assert oauth.opened(oauth.SESSION, cookie, NOW, OTHER) == ""
    assert oauth.opened(oauth.STATE, cookie, NOW, SECRET) == ""


def test_a_cookie_of_the_chat_signs_nobody_in_and_this_one_opens_no_chat() -> None:
    chat = cookies.signed(cookies.fresh_address(), SECRET)
    assert oauth.opened(oauth.SESSION, chat, NOW, SECRET) == ""
    assert cookies.verified(oauth.sealed(oauth.SESSION, "zhang", ENDS, SECRET), SECRET) == ""


@given(st.text(max_size=600))
def test_whatever_a_browser_sends_is_no_error(cookie: str) -> None:
    assert oauth.opened(oauth.SESSION, cookie, NOW, SECRET) == ""


def test_the_browser_is_sent_with_everything_wecom_wants() -> None:
    settings = Settings(
        public_url="https://office.example/",
        wecom_corp_id="ww1",
        wecom_app_agent_id="1000002",
        wecom_app_secret=SecretStr("never in an address of a browser"),
    )
    state = oauth.fresh_state()
    asked = urlsplit(oauth.authorize_url(settings, state))
    assert (asked.netloc, asked.fragment) == ("open.weixin.qq.com", "wechat_redirect")
    assert {name: value for name, [value] in parse_qs(asked.query).items()} == {
        "appid": "ww1",
        "redirect_uri": "https://office.example/wecom/oauth",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        "agentid": "1000002",
    }
    assert state.isascii()
    assert state.isalnum()
    assert len(state) <= 128
