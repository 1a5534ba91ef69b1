"""The XML WeCom calls with: plain elements are read, whatever else XML can do is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom.crypto import Forged
from bot.channels.wecom.envelope import DEEPEST, MOST_ELEMENTS, encrypted, parsed, rows, text

CLICK = """<xml><ToUserName><![CDATA[ww1a2b]]></ToUserName><CreateTime>1790000000</CreateTime>
<Event><![CDATA[template_card_event]]></Event><AgentID>1000002</AgentID><SelectedItems>%s</SelectedItems></xml>"""
ITEM = "<SelectedItem><QuestionKey>%s</QuestionKey><OptionIds>%s</OptionIds></SelectedItem>"
OPTION = "<OptionId><![CDATA[%s]]></OptionId>"

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xml><Encrypt>&l9;</Encrypt></xml>',
    "an entity of its own": '<!DOCTYPE x [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>',
    "a file of ours": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><Encrypt>&e;</Encrypt></xml>',
    "a parameter entity": '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/">%e;]><xml><Encrypt>a</Encrypt></xml>',
    "only a document type": "<!DOCTYPE xml><xml><Encrypt>a</Encrypt></xml>",
    "an unknown entity": "<xml><Encrypt>&nothing;</Encrypt></xml>",
    "an instruction": "<xml><?php system('id') ?><Encrypt>a</Encrypt></xml>",
    "a deep nest": "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
    "too many elements": "<xml>" + "<a/>" * MOST_ELEMENTS + "</xml>",
    "no end": "<xml><Encrypt>a</Encrypt>",
    "two roots": "<xml><Encrypt>a</Encrypt></xml><xml/>",
    "no XML": '{"encrypt": "a"}',
    "nothing": "",
    "a text alone": "<xml>text</xml>",
    "half a character": "<xml><Encrypt>\udce4</Encrypt></xml>",
    "a null": "<xml><Encrypt>\x00</Encrypt></xml>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(name: str) -> None:
    with pytest.raises(Forged):
        parsed(HOSTILE[name].encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    "body", [b"<xml><A>1</A></xml>", b"<xml><Encrypt/></xml>", b"<xml><Encrypt><a/></Encrypt></xml>"]
)
def test_an_envelope_with_nothing_sealed_in_it_is_refused(body: bytes) -> None:
    with pytest.raises(Forged):
        encrypted(body)


def test_two_sealed_messages_in_one_envelope_are_refused() -> None:
    with pytest.raises(Forged):
        encrypted(b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>")


def test_what_is_sealed_is_read_in_any_order_of_the_envelope() -> None:
    assert encrypted(b"<xml><Encrypt><![CDATA[a+/=]]></Encrypt><AgentID>1</AgentID></xml>") == "a+/="
    assert encrypted(b'<?xml version="1.0" encoding="gbk"?><xml><AgentID/><Encrypt>a</Encrypt></xml>') == "a"


def test_texts_come_as_they_were_said() -> None:
    said = "漏油 <b>&amp;</b> 😀\n第二行"
    found = parsed(f"<xml><Content><![CDATA[{said}]]></Content><MsgId>4561255354251345929</MsgId></xml>".encode())
    assert found == {"Content": said, "MsgId": "4561255354251345929"}
    assert text(found, "Content") == said
    assert text(found, "Recognition") == ""


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_what_was_chosen_on_a_card_is_found_however_many_there_are(count: int) -> None:
    items = "".join(ITEM % (f"q{n}", "".join(OPTION % f"o{m}" for m in range(n))) for n in range(count))
    found = parsed((CLICK % items).encode())
    chosen = rows(found, "SelectedItems", "SelectedItem")
    assert [text(one, "QuestionKey") for one in chosen] == [f"q{n}" for n in range(count)]
    assert [rows(one, "OptionIds", "OptionId") for one in chosen] == [[f"o{m}" for m in range(n)] for n in range(count)]


def test_an_element_where_a_text_should_be_is_no_text() -> None:
    assert text(parsed(b"<xml><Content><a>1</a></Content></xml>"), "Content") == ""
    assert text(parsed(b"<xml><Content>1</Content><Content>2</Content></xml>"), "Content") == ""


def test_as_deep_as_allowed_is_read() -> None:
    below = DEEPEST - 1
    found = parsed(("<xml>" + "<a>" * below + "x" + "</a>" * below + "</xml>").encode())
    assert rows(found, *["a"] * below) == ["x"]


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda said: f"<xml>{said}</xml>".encode(errors="replace")))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    try:
        found = parsed(body)
    except Forged:
        return
    assert found
