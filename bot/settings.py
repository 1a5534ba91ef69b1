"""The only reader of the environment and of office.toml."""

from __future__ import annotations

import os
import tomllib
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.program import called
from domain.errors import BadDeclaration
from handlers.words import LANGUAGES, N_


class NoOfficeYet(BadDeclaration):
    """{where} is missing; {command} writes one."""


class Settings(BaseSettings):
    """Where things are, from QINQING_* in the environment."""

    model_config = SettingsConfigDict(env_prefix="QINQING_", extra="ignore")

    office: Path = Path("office.toml")
    database_url: str = "sqlite:///var/qinqing.db"
    files: Path = Path("var/files")
    keys: Path = Path("var/keys")
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_api: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    wecom_api: str = ""
    wecom_corp_id: str = ""
    wecom_app_agent_id: str = ""
    wecom_app_secret: SecretStr = SecretStr("")
    wecom_app_token: SecretStr = SecretStr("")
    wecom_app_aes_key: SecretStr = SecretStr("")
    wecom_kefu_agent_id: str = ""
    wecom_kefu_secret: SecretStr = SecretStr("")
    wecom_kefu_token: SecretStr = SecretStr("")
    wecom_kefu_aes_key: SecretStr = SecretStr("")
    wecom_kefu_open_kfid: str = ""
    wecom_contacts_secret: SecretStr = SecretStr("")
    wecom_contacts_token: SecretStr = SecretStr("")
    wecom_contacts_aes_key: SecretStr = SecretStr("")
    wecom_proxy: SecretStr = SecretStr("")
    wechat_api: str = ""
    wechat_mini_app_id: str = ""
    wechat_mini_secret: SecretStr = SecretStr("")
    wechat_mini_template: str = ""
    wechat_mini_page: str = ""
    wechat_service_app_id: str = ""
    wechat_service_secret: SecretStr = SecretStr("")
    wechat_service_template: str = ""
    wechat_service_token: SecretStr = SecretStr("")
    wechat_service_aes_key: SecretStr = SecretStr("")
    sms_url: SecretStr = SecretStr("")
    sms_secret: SecretStr = SecretStr("")


class Closure(BaseModel):
    """A day the office is closed beside the public holidays."""

    model_config = ConfigDict(extra="forbid")

    day: date
    name: str = Field(min_length=1)


class OfficeFile(BaseModel):
    """office.toml: what starts an office. Everything else is set up in the office itself."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    phone: str = ""
    language: str = "zh_CN"
    zone: str = "Asia/Shanghai"
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    closures: list[Closure] = []

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone, such as Asia/Shanghai") from None
        return value


def settings() -> Settings:
    """The settings of this process. Raises BadDeclaration naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadDeclaration(where=f"QINQING_{name}", what=first["msg"]) from None


def office_file(path: Path) -> OfficeFile:
    """office.toml, checked. Raises BadDeclaration with the file, the key and what is wrong with it."""
    if not path.exists():
        raise NoOfficeYet(where=path.name, command=f"{called()} init")
    try:
        found = OfficeFile(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDeclaration(where=path.name, what=f"is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadDeclaration(where=f"{path.name}: {key}", what=first["msg"]) from None
    if found.opens >= found.closes:
        raise BadDeclaration(where=f"{path.name}: closes", what=N_("must be later than opens"))
    return found


def terminal_language() -> str:
    """The language LC_ALL, LC_MESSAGES or LANG asks for, the first that is set; empty if it is none of ours."""
    asked = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return next((language for language in LANGUAGES if asked.startswith(language[:2])), "")
