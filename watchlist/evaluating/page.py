"""The report of an evaluation as a page: sentences first, tables second, plots third."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lockport.keyfiles import KeyProblem
from watchlist.evaluating.measuring import FORMAT
from watchlist.evaluating.plots import Bar, Line, bars, det
from watchlist.evaluating.words import KINDS, interval, passages, percent
from watchlist.evaluations import HOW, Evaluation

Figures = dict[str, Any]
WAYS = (("ours", _("this system")), ("usual", _("the usual way")))


def standalone(figures: Figures, *, about: str) -> str:
    """The page as one file that needs no other. `about` says what was evaluated, when and on whose account."""
    style = (Path(settings.BASE_DIR) / "static" / "lockport" / "evaluation.css").read_text()
    content = content_of(figures) | {"about": about, "style": mark_safe(style)}  # noqa: S308  (our own file)
    return render_to_string("watchlist/evaluation_file.html", content)


def kept_page(row: Evaluation | None) -> Figures:
    """What the page of the evaluation kept shows: its content and `about`, or the `problem` in the way of it.

    What was altered is not shown at all: figures that anybody may have written look like figures that were measured.
    """
    if row is None:
        return {
            "problem": gettext("No evaluation was kept yet, so nothing is known here of how often it errs. %(how)s")
            % {"how": HOW}
        }
    try:
        genuine = row.is_genuine
    except KeyProblem as problem:
        return {
            "problem": gettext("Whether the %(evaluation)s is as it was signed cannot be checked: %(problem)s")
            % {"evaluation": row, "problem": problem}
        }
    if not genuine:
        return {
            "problem": gettext("The %(evaluation)s was altered, or signed with another key, and is not shown. %(how)s")
            % {"evaluation": row, "how": HOW}
        }
    if row.figures.get("format") != FORMAT:
        return {
            "problem": gettext(
                "The %(evaluation)s was written by another release, and cannot be shown by this one. %(how)s"
            )
            % {"evaluation": row, "how": HOW}
        }
    about = gettext("Measured on %(day)s by %(person)s, for a list of %(count)s people.") % {
        "day": f"{row.made_at:%Y-%m-%d}",
        "person": row.made_by,
        "count": f"{row.gallery_size:,}",
    }
    about += " " + gettext("Signed, and unaltered since.")
    return content_of(row.figures) | {"about": about}


def content_of(figures: Figures) -> Figures:
    """What the template shows; all marks in it are either ours or escaped."""
    groups = figures["groups"] or {}
    compared = [(kind, groups[kind]) for kind in KINDS if groups.get(kind)]
    return {
        "passages": passages(figures),
        "settings": [_setting(setting) for setting in figures["settings"]],
        "groups": [_group(kind, each) for kind, each in compared],
        "det": mark_safe(_det(figures["settings"][-1])),  # noqa: S308
        "gallery_size": figures["gallery_size"],
        "figures": figures,
    }


def _setting(setting: Figures) -> Figures:
    rows = []
    for way, name in (*WAYS, ("flattered", _("this system, averaging not allowed for"))):
        if setting[way] is None:
            continue
        for point in setting[way]["measured"]:
            rows.append(
                (name, gettext("alerts held to %(share)s") % {"share": percent(point["wanted"])}, *_cells(point))
            )
        derived = gettext("threshold derived from list and budget")
        threshold = gettext("threshold 0.6") if way == "usual" else derived
        rows.append((name, threshold, *_cells(setting[way]["operating"])))
    return setting | {"rows": rows}


def _cells(point: Figures) -> tuple[str, str]:
    missed = gettext("not measured")
    if point["fnir"] is not None:
        low, high = interval(point["fnir"])
        if point["fnir_people"]:
            low, high = min(low, point["fnir_people"][0]), max(high, point["fnir_people"][1])
        missed = f"{percent(point['fnir']['value'])} ({percent(low)} – {percent(high)})"
    return with_interval(point["fpir"]), missed


def with_interval(rate: Figures) -> str:
    """A rate with the wider of its intervals."""
    low, high = interval(rate)
    return f"{percent(rate['value'])} ({percent(low)} – {percent(high)})"


def _group(kind: str, compared: Figures) -> Figures:
    rows = [
        {
            "group": row["group"],
            "people": row["people"],
            "within": percent(row["within"]),
            "interval": " – ".join(percent(edge) for edge in row["within_interval"]),
            "usual": percent(row["usual_within"]),
            "at_usual_threshold": percent(row["at_usual_threshold"]),
            "no_face": with_interval(row["no_face"]),
            "usual_no_face": percent(row["usual_no_face"]["value"]),
            "poor": percent(row["poor"]["value"]),
            "refused": percent(row["refused"]["value"]),
        }
        for row in compared["groups"]
    ]
    title = gettext("False matches between two people of one group, by %(kind)s") % {"kind": str(KINDS[kind]).lower()}
    plot = bars(
        [
            Bar(row["group"], row["within"], tuple(row["within_interval"]), row["usual_within"])
            for row in compared["groups"]
        ],
        title=title,
    )
    left_out = ", ".join(f"{name} ({count})" for name, count in compared["left_out"].items())
    return {"title": KINDS[kind], "rows": rows, "plot": mark_safe(plot), "left_out": left_out}  # noqa: S308


def _det(setting: Figures) -> str:
    lines = [
        Line(str(name), way, [(x, y) for x, y in setting[way]["curve"]]) for way, name in WAYS if setting[way]["curve"]
    ]
    return det(lines, title=gettext("Strangers who raise an alert against enrolled people missed")) if lines else ""
