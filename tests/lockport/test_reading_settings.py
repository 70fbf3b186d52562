"""Settings are read from the environment strictly; what is wrong is said in a sentence, without what was in it."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from lockport.reading_settings import Environment, read_database
from tests.environment import PROJECT


def env(**variables: str) -> Environment:
    found = Environment()
    found.ENVIRON = variables
    return found


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [("int", "60", 60), ("float", "0.001", 0.001), ("float", "1e-3", 0.001)]
    + [("bool", word, True) for word in ("1", "true", "On", " yes ")]
    + [("bool", word, False) for word in ("0", "False", "off", "no", "")],
)
def test_what_is_meant_is_read(kind, text, meant):
    assert getattr(env(X=text), kind)("X") == meant


@pytest.mark.parametrize(
    ("kind", "text"),
    [("int", word) for word in ("", "many", "1.5")]
    + [("float", word) for word in ("", "1/1000", "0,001", "1 %", "nan", "inf")]
    + [("bool", word) for word in ("maybe", "2")]
    + [("dict", "hunter2"), ("json", "{hunter2")],
)
def test_anything_else_is_refused_by_name_and_not_repeated(kind, text):
    with pytest.raises(ImproperlyConfigured, match="^The environment variable X must be ") as refused:
        getattr(env(X=text), kind)("X")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["0", "1", "5", "-0.1"])
def test_a_false_alarm_budget_of_none_or_of_everybody_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="BUDGET must be a share between 0 and 1"):
        env(BUDGET=text).share("BUDGET", default=0.001)


def test_states_where_recognition_is_refused_are_read_in_capitals():
    assert env(STATES="us-ny, US-VT").jurisdictions("STATES", default=[]) == ["US-NY", "US-VT"]
    assert env(STATES="").jurisdictions("STATES", default=["US-NY"]) == []
    assert env().jurisdictions("STATES", default=["US-NY"]) == ["US-NY"]


@pytest.mark.parametrize("text", ["New York", "NY", "US-XX", "US-NY;US-VT"])
def test_a_state_that_is_none_would_refuse_nothing_and_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="STATES must hold codes of states"):
        env(STATES=text).jurisdictions("STATES", default=[])


def test_an_empty_database_url_means_the_file_in_the_data_folder(tmp_path):
    for variables in ({}, {"DATABASE_URL": ""}, {"DATABASE_URL": " "}):
        found = read_database(env(**variables), tmp_path)
        assert found["NAME"] == str(tmp_path / "lockport.sqlite3")
        assert "secure_delete=ON" in found["OPTIONS"]["init_command"]


def test_postgresql_commits_to_the_disk_whatever_its_server_says(tmp_path):
    found = read_database(env(DATABASE_URL="postgres://somebody:secret@db.example/lockport"), tmp_path)
    assert (found["ENGINE"], found["HOST"]) == ("django.db.backends.postgresql", "db.example")
    assert "synchronous_commit=on" in found["OPTIONS"]["options"]


@pytest.mark.parametrize("url", ["foo", "mysql://a:hunter2@b/c", "hunter2"])
def test_another_database_is_refused_without_repeating_its_password(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must name a database") as refused:
        read_database(env(DATABASE_URL=url), tmp_path)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"), [("LOCKPORT_PEOPLE", "many"), ("SECRET_KEY", "short"), ("DATABASE_URL", "foo")]
)
def test_manage_py_says_so_in_one_line(variable, value):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=os.environ | {variable: value},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Lockport's settings cannot be used. The environment variable " + variable)
    assert done.stderr.count("\n") == 1
