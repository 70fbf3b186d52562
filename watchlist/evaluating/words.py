"""What an evaluation found, in sentences that a board of education can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.stored import shown

Figures = dict[str, Any]

GROWTH = (11, 10)  # a list may be at most 11/10 of the one evaluated, which is then over 90 % of it
CHANCE = 0.05  # more probable differences between groups are not called differences
KINDS = {"ethnicity": _("Ethnicity"), "gender": _("Gender"), "age": _("Age")}


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    sentences: tuple[str, ...]


def passages(figures: Figures) -> list[Passage]:
    """The findings in the order in which they matter."""
    used = figures["settings"][-1]
    return [
        Passage(gettext("People who are not on the list"), _strangers(figures, used)),
        Passage(gettext("People who are on the list"), _enrolled(figures, used)),
        Passage(gettext("Who is mistaken for somebody else"), _groups(figures)),
        Passage(gettext("Children and young people"), (_youth(figures),)),
        Passage(gettext("Photographs that could not be used"), _failures(figures)),
    ]


def claim(figures: Figures) -> str:
    """Whether the run proves the false-alarm budget, and with which searches.

    NIST SP 800-63A-4 asks for it on a gallery of at least 90 % of the size in use; `recognition_allowed` holds to that.
    """
    found = figures["claim"]
    budget, people = one_in(found["fpir"]), f"{found['strangers']:,}"
    largest = f"{figures['gallery_size'] * GROWTH[0] // GROWTH[1]:,}"
    if found["supported"]:
        return gettext(
            "Proved, with 95 %% confidence: at most %(budget)s of them raises an alert (%(people)s "
            "searched, at least %(needed)s were needed). It holds for lists of up to %(largest)s people."
        ) % {"budget": budget, "people": people, "needed": f"{found['searches_needed']:,}", "largest": largest}
    if found["met"]:
        return gettext(
            "Not proved: no more than %(budget)s of the %(people)s strangers raised an alert, but to be "
            "95 %% sure of that takes about %(needed)s strangers without a single alert, or more where "
            "there are alerts."
        ) % {"budget": budget, "people": people, "needed": f"{found['searches_needed']:,}"}
    return gettext("Not proved: more than %(budget)s of the %(people)s strangers raised an alert.") % {
        "budget": budget,
        "people": people,
    }


def _strangers(figures: Figures, used: Figures) -> tuple[str, ...]:
    ours, usual = used["ours"]["operating"], used["usual"]["operating"]
    whole = next((each for each in (1_000, 10_000) if each * ours["fpir"]["value"] >= 1), 1_000)
    return (
        gettext("Of %(whole)s people who are not on a list of %(listed)s, %(about)s would raise an alert.")
        % {"whole": f"{whole:,}", "listed": f"{figures['gallery_size']:,}", "about": _of(whole, ours["fpir"])},
        gettext("In the usual way (the nearest photograph within 0.6) it would be %(about)s.")
        % {"about": _of(whole, usual["fpir"])},
        claim(figures),
        gettext("%(searches)s searches were made for them, in %(lists)s lists drawn by chance from %(people)s people.")
        % {
            "searches": f"{ours['fpir']['trials']:,}",
            "lists": f"{figures['rounds']:,}",
            "people": f"{figures['enrolled_people']:,}",
        },
    )


def _enrolled(figures: Figures, used: Figures) -> tuple[str, ...]:
    ours = used["ours"]["operating"]
    if ours["fnir"] is None:
        return (
            gettext(
                "How often enrolled people are missed was not measured: nobody was in both folders, or had enough."
            ),
        )
    same = next((point for point in used["usual"]["measured"] if point["wanted"] == figures["fpir"]), None)
    sentences = [
        gettext(
            "Of 100 times that somebody on the list is searched for with %(pictures)s, %(about)s would be missed "
            "or taken for somebody else."
        )
        % {"pictures": _frames(used["frames"]), "about": _of(100, ours["fnir"])},
    ]
    if same and same["fnir"]:
        sentences.append(
            gettext("The usual way, held to the same number of false alarms, would miss %(about)s.")
            % {"about": _of(100, same["fnir"])}
        )
    sentences.append(
        gettext("At most %(most)s of each person's photographs were enrolled; %(people)s people were searched for.")
        % {"most": used["photographs"], "people": f"{used['mated']:,}"}
    )
    return tuple(sentences)


def _groups(figures: Figures) -> tuple[str, ...]:
    groups = figures["groups"]
    compared = [(kind, groups[kind]) for kind in KINDS if groups and groups[kind]]
    if not compared:
        return (gettext("Groups of people were not compared in this run."),)
    return tuple(_group(kind, each) for kind, each in compared if kind != "age") or (
        gettext("Only ages were compared."),
    )


def _group(kind: str, compared: Figures) -> str:
    rows = sorted(compared["groups"], key=lambda row: row["within"])
    best, worst = rows[0], rows[-1]
    values = {"kind": KINDS[kind], "worst": worst["group"], "worst_pairs": per_pairs(worst["within"])}
    values |= {"best": best["group"], "best_pairs": per_pairs(best["within"]), "faces": _not_found(compared)}
    if compared["ratio"] is None:
        words = gettext(
            "%(kind)s: two different people are most often taken for each other in the group %(worst)s "
            "(%(worst_pairs)s) "
            "and least often in the group %(best)s (%(best_pairs)s), too seldom for a ratio. %(faces)s"
        )
        return words % values
    usual = compared["usual_ratio"]
    aside = gettext("with the usual way, the ratio has no end")
    if usual:
        aside = gettext("with the usual way, %(number)s times") % {"number": f"{usual:,.{int(usual < 10)}f}"}
    words = gettext(
        "%(kind)s: two different people are most often taken for each other in the group %(worst)s "
        "(%(worst_pairs)s) and "
        "least often in the group %(best)s (%(best_pairs)s): %(number)s times as often (95 %%: %(range)s); %(aside)s. "
        "%(faces)s"
    )
    often = {"number": f"{compared['ratio']:.1f}", "range": _range(compared["ratio_interval"])}
    return words % (values | often | {"aside": aside})


def _not_found(compared: Figures) -> str:
    """Who is not seen at all, and whether the difference may be chance."""
    shares = {row["group"]: row["no_face"] for row in compared["groups"]}
    worst = max(shares, key=lambda group: shares[group]["value"])
    if not shares[worst]["errors"]:
        return gettext("Everybody's face was found.")
    chance = compared["fta_chance"]
    values = {"group": worst, "share": percent(shares[worst]["value"]), "chance": percent(chance)}
    values |= {"errors": f"{shares[worst]['errors']:,}", "trials": f"{shares[worst]['trials']:,}"}
    if chance >= CHANCE:
        words = gettext(
            "No face was found most often in the group %(group)s (%(share)s: %(errors)s of %(trials)s); groups "
            "differ no "
            "more in this than chance would have it (%(chance)s probable)."
        )
    else:
        words = gettext(
            "No face was found most often in the group %(group)s (%(share)s: %(errors)s of %(trials)s); that groups "
            "differ so much is hardly chance (%(chance)s probable)."
        )
    return words % values


def _youth(figures: Figures) -> str:
    rule = gettext("Nobody under 12 can be enrolled, because the network cannot tell small children apart.")
    if not includes_minors(figures):
        nothing = gettext("Nobody between 12 and 17 was in this evaluation: it says nothing about them.")
        return f"{nothing} {rule}"
    ages = figures["groups"]["ages"]
    return f"{_of_ages(ages, (*ages['young'], *ages['children']))} {rule}"


def includes_minors(figures: Figures) -> bool:
    """Whether people of 12 to 17 were among those compared, and adults to compare them with."""
    ages = figures["groups"] and figures["groups"]["ages"]
    return bool(ages and ages["included"])


def of_minors(figures: Figures) -> str:
    """What was found about the ages 12 to 17; only where `includes_minors`. A band may hold other ages, too."""
    ages = figures["groups"]["ages"]
    return _of_ages(ages, ages["young"])


def _of_ages(ages: Figures, rows: Sequence[Figures]) -> str:
    words = gettext(
        "Two different people of the ages %(ages)s were taken for each other %(as_often)s (%(pairs)s; %(people)s "
        "people)."
    )
    return " ".join(
        words
        % {
            "ages": row["group"],
            "as_often": _as_often(row["within"], ages),
            "pairs": per_pairs(row["within"]),
            "people": f"{row['people']:,}",
        }
        for row in rows
    )


def _as_often(rate: float, ages: Figures) -> str:
    if not ages["adults"]:
        return gettext("as adults never were")
    return gettext("%(number)s times as often as adults") % {"number": f"{rate / ages['adults']:.1f}"}


def _failures(figures: Figures) -> tuple[str, ...]:
    enrolment, acquisition = figures["enrolment"], figures["acquisition"]
    reasons = "; ".join(f"{shown(reason).lower()} ({count:,})" for reason, count in enrolment["reasons"].items())
    refused = gettext("Of %(trials)s photographs, %(share)s were refused for enrolling.")
    if reasons:
        refused = gettext("Of %(trials)s photographs, %(share)s were refused for enrolling: %(reasons)s.")
    searched = gettext(
        "In %(no_face)s of %(trials)s photographs searched no face was found (the usual way's detector: %(usual)s), "
        "and "
        "in %(poor)s the face was too poor to be searched for."
    )
    values = {"no_face": percent(acquisition["no_face"]["value"]), "usual": percent(acquisition["usual"]["value"])}
    values |= {"poor": percent(acquisition["poor"]["value"]), "trials": f"{acquisition['no_face']['trials']:,}"}
    of_all = {"trials": f"{enrolment['trials']:,}", "share": percent(enrolment["value"]), "reasons": reasons}
    return refused % of_all, searched % values


def _frames(frames: int) -> str:
    if frames == 1:
        return gettext("a single picture")
    return gettext("%(number)s pictures together") % {"number": frames}


def _of(whole: int, rate: Figures) -> str:
    """About how many of so many, with the wider of the two intervals."""
    low, high = (whole * edge for edge in interval(rate))
    if rate["errors"] == 0:
        return gettext("none (95 %%: at most %(count)s)") % {"count": _count(high)}
    return gettext("about %(count)s (95 %%: %(low)s to %(high)s)") % {
        "count": _count(whole * rate["value"]),
        "low": _count(low),
        "high": _count(high),
    }


def interval(rate: Figures) -> tuple[float, float]:
    """The wider edges of both intervals of a rate."""
    edges = [rate["wilson"], *([rate["people"]] if "people" in rate else [])]
    return min(edge[0] for edge in edges), max(edge[1] for edge in edges)


def _range(edges: list[float | None]) -> str:
    low, high = (gettext("no end") if edge is None else f"{edge:.1f}" for edge in edges)
    return gettext("%(low)s to %(high)s") % {"low": low, "high": high}


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def per_pairs(share: float) -> str:
    """A share of pairs as one in so many."""
    if not share:
        return gettext("no pair")
    return gettext("one pair in %(number)s") % {"number": f"{round(1 / share):,}"}


def one_in(share: float) -> str:
    return gettext("one in %(number)s") % {"number": f"{round(1 / share):,}"}


def percent(share: float | None) -> str:
    """With two significant digits under 10 %."""
    if share is None:
        return gettext("not measured")
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
