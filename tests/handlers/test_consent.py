"""Consent: asked before the first filing, again when the words have changed, and taken back whenever one likes."""

from __future__ import annotations

import hashlib

import pytest

from domain.case import Kind
from domain.retention import YEARS
from handlers.flows import consent
from storage import consents, people
from tests.people import Owner, Town


@pytest.fixture
def owner(town: Town) -> Owner:
    return town.owner("林晓", new=True)


def agree_and_file(owner: Owner) -> None:
    owner.say("/file")
    owner.heard("您同意吗")
    owner.tap("同意")
    owner.tap("诉求")
    owner.say("门口积水")


def test_the_words_say_what_for_whom_and_how_long_before_anything_is_asked(owner: Owner) -> None:
    owner.say("/file")
    said = owner.heard("您同意吗").text
    for part in ("存什么", "给谁看", "存多久", "电话", "匿名", "自动清除", "隐私"):
        assert part in said
    assert f"{YEARS[Kind.REQUEST]}年" in said
    assert f"{YEARS[Kind.INQUIRY]}年" in said


def test_an_acceptance_is_kept_with_version_day_and_the_hash_of_the_words_shown(town: Town, owner: Owner) -> None:
    agree_and_file(owner)
    kept = town.read(consents.of_person, owner.id)
    shown = hashlib.sha256(consent.privacy_words(town.db.office.name).encode()).hexdigest()
    assert [(one.version, one.words_hash, one.at) for one in kept] == [(consent.CONSENT, shown, town.now)]
    person = town.read(people.get, owner.id)
    assert person
    assert person.consented == consent.CONSENT


def test_whoever_agreed_is_not_asked_again(town: Town, owner: Owner) -> None:
    agree_and_file(owner)
    owner.say("取消")
    owner.say("/file")
    assert "您同意吗" not in owner.last.text
    assert len(town.read(consents.of_person, owner.id)) == 1


def test_when_the_words_change_they_are_asked_again_and_told_what_is_new(
    town: Town, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree_and_file(owner)
    owner.say("取消")
    monkeypatch.setattr(consent, "CONSENT", consent.CONSENT + 1)
    monkeypatch.setitem(consent.CHANGES, consent.CONSENT, "files")
    owner.say("/file")
    asked = owner.heard("您同意吗").text
    assert "新增的是：文件" in asked
    owner.tap("同意")
    owner.heard("您想办哪一类事")
    assert [one.version for one in town.read(consents.of_person, owner.id)] == [consent.CONSENT - 1, consent.CONSENT]


def test_whoever_does_not_agree_files_nothing_and_nothing_is_recorded(town: Town, owner: Owner) -> None:
    owner.say("/file")
    owner.tap("暂不同意")
    owner.heard("这件不登记")
    assert town.read(consents.of_person, owner.id) == []


def test_the_privacy_page_names_version_and_day_and_the_next_steps(town: Town, owner: Owner) -> None:
    owner.say("/privacy")
    owner.heard("还没有同意过")
    agree_and_file(owner)
    owner.say("取消")
    town.forward(days=1)
    owner.say("隐私")
    owner.heard(f"您在3月3日 周二同意了第{consent.CONSENT}版说明")
    for label in ("带走一份我的资料", "清除我的资料", "撤回同意", "主菜单"):
        assert owner.offers(label)


def test_consent_taken_back_is_recorded_leads_to_erasing_and_is_asked_for_again(town: Town, owner: Owner) -> None:
    agree_and_file(owner)
    owner.say("取消")
    owner.say("/privacy")
    owner.tap("撤回同意")
    owner.heard("在您再次同意之前不能提交新的事项")
    owner.tap("撤回")
    owner.heard("已撤回同意")
    assert owner.offers("清除我的资料")
    assert [one.version for one in town.read(consents.of_person, owner.id)] == [consent.CONSENT, 0]
    owner.say("/file")
    owner.heard("您同意吗")


def test_every_version_after_the_first_says_what_changed() -> None:
    assert set(consent.CHANGES) == set(range(2, consent.CONSENT + 1))
