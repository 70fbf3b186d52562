"""Every action that the code records has words for the privacy officer: one without fails here."""

import ast
from collections.abc import Iterator

import pytest

from audit.acts import ACTS, KINDS, act_of, actions_of
from tests.environment import PROJECT

ROOMS = ("alerts", "audit", "cameras", "lockport", "retention", "watchlist")


def actions_in(tree: ast.AST) -> Iterator[str]:
    """Every text that is given, set or preset as `action`, apart from argparse's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") != "add_argument":
            for keyword in node.keywords:
                if keyword.arg == "action":
                    yield from texts(keyword.value)
        elif isinstance(node, ast.Assign) and any(getattr(to, "id", "") == "action" for to in node.targets):
            yield from texts(node.value)
        elif isinstance(node, ast.FunctionDef):
            names = [*node.args.posonlyargs, *node.args.args]
            presets = zip(names[len(names) - len(node.args.defaults) :], node.args.defaults, strict=True)
            for name, preset in [*presets, *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]:
                if name.arg == "action" and preset:
                    yield from texts(preset)


def texts(value: ast.AST) -> Iterator[str]:
    """The texts a value can be; what a condition compares with is none of them."""
    if isinstance(value, ast.IfExp):
        yield from [*texts(value.body), *texts(value.orelse)]
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def recorded() -> dict[str, str]:
    """Each action of the code, and a file that records it."""
    found = {}
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            for action in actions_in(ast.parse(path.read_text())):
                found[action] = str(path.relative_to(PROJECT))
    return found


def test_every_action_of_the_code_has_words():
    without = {action: path for action, path in recorded().items() if action not in ACTS}
    assert not without, f"write in audit/acts.py how the privacy officer reads of: {without}"


def test_the_search_finds_actions_however_they_are_written():
    code = 'record_access(action="a" if new == "x" else "b")\ndef look(row, action="c"): ...\n'
    code += 'def end(*, action="d"): ...\n'
    assert set(actions_in(ast.parse(code + 'action = "e"\nparser.add_argument("--x", action="f")'))) == set("abcde")
    assert {"looked at", "looked at the face of", "let expire", "deleted", "raised"} <= set(recorded())


@pytest.mark.parametrize("action", ACTS)
def test_an_act_is_of_a_known_kind_and_reads_in_both_ways(action: str):
    act = ACTS[action]
    assert act.kind in KINDS
    assert act.done == act.done.strip() and act.tried == act.tried.strip()


def test_each_kind_has_actions_and_each_action_one_kind():
    assert sorted(action for kind in KINDS for action in actions_of(kind)) == sorted(ACTS)


def test_an_action_that_is_gone_from_the_table_speaks_for_itself():
    assert act_of("whistled at").done == "whistled at"
