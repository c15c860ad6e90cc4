"""Settings: a wrong value stops the start with its name and what is allowed, and what is set is what happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.adapters import clock
from backend.adapters import context as process
from backend.adapters.context import Context
from backend.organisations import service as organisations
from backend.settings import ALL, Setting, SettingRefused, Settings, read_settings
from tests import world

WRONG = {
    "PARA73_DATA": [__file__],
    "DATABASE_URL": ["mysql://host/name", "postgresql://host", "host:5432"],
    "PARA73_HOST": ["two words", "-host", "10.0.0.0/8", "http://host"],
    "PARA73_PORT": ["0", "65536", "eighty", "8_000", " 8000", "-1", "٨٠٠٠", "8000.0"],
    "PARA73_BASE_URL": [
        "para73.example",
        "ftp://para73.example",
        "https://para73.example/path",
        "https://para73.example?a=b",
        "https://para73.example#part",
        "https://name@para73.example",
        "https://para73.example:99999",
        "https://two words",
        "https://",
    ],
    "PARA73_WORKERS": ["0", "65", "many"],
    "PARA73_LOG_ORIGIN": ["two words", "a+b", "x" * 256, "tab\there"],
    "PARA73_STORAGE_URL": ["bucket", "memory:///", "s3://"],
    "PARA73_SESSION_DAYS": ["0", "91", "1.5"],
    "PARA73_LOG_FORMAT": ["xml", "JSON"],
}
RIGHT = {
    "DATABASE_URL": ["postgresql://name:word@host:5432/para73", "postgres:///para73?host=%2Frun%2Fpostgresql"],
    "PARA73_HOST": ["0.0.0.0", "::1", "localhost", "web-1.internal.example"],
    "PARA73_BASE_URL": ["https://para73.example", "http://[::1]:8000/", "http://localhost:8000"],
    "PARA73_LOG_ORIGIN": ["para73.example/log"],
    "PARA73_STORAGE_URL": ["s3://bucket", "s3://bucket/prefix", "file:///srv/objects"],
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder: a data folder remembers what it was started with."""
    monkeypatch.chdir(tmp_path)


def test_each_setting_has_wrong_values_here() -> None:
    assert {setting.name for setting in ALL} == set(WRONG)


@pytest.mark.parametrize(
    ("setting", "value"), [(setting, value) for setting in ALL for value in WRONG[setting.name]], ids=str
)
def test_a_wrong_value_is_refused_with_its_name_and_what_is_allowed(setting: Setting[object], value: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        read_settings({setting.name: value})
    assert str(caught.value).startswith(f"{setting.name} is ")
    assert str(caught.value).endswith(f"; allowed is {setting.allowed}.")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in RIGHT for value in RIGHT[name]])
def test_a_right_value_is_taken(name: str, value: str) -> None:
    assert value.rstrip("/") in map(str, vars_of(read_settings({name: value})).values())


def vars_of(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}


@pytest.mark.parametrize("name", ["DATABASE_URL", "PARA73_STORAGE_URL"])
def test_a_refusal_never_repeats_what_may_hold_a_password(name: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        read_settings({name: "mysql://somebody:opensesame@host/name"})
    assert "opensesame" not in str(caught.value)


def test_an_empty_value_counts_as_not_given() -> None:
    assert read_settings({setting.name: "" for setting in ALL}) == read_settings({})


def test_a_misspelt_name_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingRefused, match=r"PARA73_PROT is no setting; did you mean PARA73_PORT\?"):
        read_settings({"PARA73_PROT": "9000"})


def test_addresses_follow_from_host_and_port() -> None:
    settings = read_settings({"PARA73_HOST": "::1", "PARA73_PORT": "9000"})
    assert (settings.base_url, settings.log_origin) == ("http://[::1]:9000", "[::1]:9000/log")
    assert not settings.uses_https
    named = read_settings({"PARA73_BASE_URL": "https://para73.example"})
    assert (named.log_origin, named.uses_https) == ("para73.example/log", True)


def test_the_data_folder_is_made_absolute() -> None:
    assert read_settings({"PARA73_DATA": "here"}).data == Path("here").absolute()


@pytest.mark.parametrize("days", [1, 90])
async def test_a_session_ends_after_the_days_that_are_set(database: str, context: Context, days: int) -> None:
    process.configure(replace(context, settings=replace(context.settings, session_days=days)))
    began = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with clock.fixed_time(began):
        await world.a_company()
        token = await organisations.sign_in("owner@test.example", world.PASSWORD)
    with clock.fixed_time(began + timedelta(days=days, seconds=-1)):
        assert await organisations.actor_of_session(token) is not None
    with clock.fixed_time(began + timedelta(days=days)):
        assert await organisations.actor_of_session(token) is None
