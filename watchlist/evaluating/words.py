"""What an evaluation found, in sentences that a board of education can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]

GROWTH = (11, 10)  # a list may be at most 11/10 of the one evaluated, which is then over 90 % of it
CHANCE = 0.05  # more probable differences between groups are not called differences
KINDS = {"ethnicity": "Ethnicity", "gender": "Gender", "age": "Age"}


@dataclass(frozen=True, slots=True)
class Passage:
    title: str
    sentences: tuple[str, ...]


def passages(figures: Figures) -> list[Passage]:
    """The findings in the order in which they matter."""
    used = figures["settings"][-1]
    return [
        Passage("People who are not on the list", _strangers(figures, used)),
        Passage("People who are on the list", _enrolled(figures, used)),
        Passage("Who is mistaken for somebody else", _groups(figures)),
        Passage("Children and young people", (_youth(figures),)),
        Passage("Photographs that could not be used", _failures(figures)),
    ]


def claim(figures: Figures) -> str:
    """Whether the run proves the false-alarm budget, and with which searches.

    NIST SP 800-63A-4 asks for it on a gallery of at least 90 % of the size in use; `recognition_allowed` holds to that.
    """
    found = figures["claim"]
    budget, people = one_in(found["fpir"]), f"{found['strangers']:,}"
    largest = f"{figures['gallery_size'] * GROWTH[0] // GROWTH[1]:,}"
    if found["supported"]:
        return (
            f"Proved, with 95 % confidence: at most {budget} of them raises an alert ({people} searched, at least "
            f"{found['searches_needed']:,} were needed). It holds for lists of up to {largest} people."
        )
    if found["met"]:
        return (
            f"Not proved: no more than {budget} of the {people} strangers raised an alert, but to be 95 % sure of that "
            f"takes about {found['searches_needed']:,} strangers without a single alert, or more where there are "
            "alerts."
        )
    return f"Not proved: more than {budget} of the {people} strangers raised an alert."


def _strangers(figures: Figures, used: Figures) -> tuple[str, ...]:
    ours, usual = used["ours"]["operating"], used["usual"]["operating"]
    whole = next((each for each in (1_000, 10_000) if each * ours["fpir"]["value"] >= 1), 1_000)
    return (
        f"Of {whole:,} people who are not on a list of {figures['gallery_size']:,}, "
        f"{_of(whole, ours['fpir'])} would raise an alert.",
        f"The usual way (the nearest photograph within 0.6) would raise one for {_of(whole, usual['fpir'])}.",
        claim(figures),
        f"{ours['fpir']['trials']:,} searches were made for them, in {figures['rounds']:,} lists drawn by chance from "
        f"{figures['enrolled_people']:,} people.",
    )


def _enrolled(figures: Figures, used: Figures) -> tuple[str, ...]:
    ours = used["ours"]["operating"]
    if ours["fnir"] is None:
        return ("How often enrolled people are missed was not measured: nobody was in both folders, or had enough.",)
    same = next((point for point in used["usual"]["measured"] if point["wanted"] == figures["fpir"]), None)
    sentences = [
        f"Of 100 times that somebody on the list is searched for with {_frames(used['frames'])}, "
        f"{_of(100, ours['fnir'])} would be missed or taken for somebody else.",
    ]
    if same and same["fnir"]:
        sentences.append(
            f"The usual way, held to the same number of false alarms, would miss {_of(100, same['fnir'])}."
        )
    sentences.append(
        f"At most {used['photographs']} of each person's photographs were enrolled; {used['mated']:,} people were "
        "searched for."
    )
    return tuple(sentences)


def _groups(figures: Figures) -> tuple[str, ...]:
    groups = figures["groups"]
    compared = [(kind, groups[kind]) for kind in KINDS if groups and groups[kind]]
    if not compared:
        return ("Groups of people were not compared in this run.",)
    return tuple(_group(kind, each) for kind, each in compared if kind != "age") or ("Only ages were compared.",)


def _group(kind: str, compared: Figures) -> str:
    rows = sorted(compared["groups"], key=lambda row: row["within"])
    best, worst = rows[0], rows[-1]
    begin = f"{KINDS[kind]}: two different people are most often taken for each other in the group {worst['group']} "
    begin += f"({per_pairs(worst['within'])}) and least often in the group {best['group']} "
    begin += f"({per_pairs(best['within'])})"
    if compared["ratio"] is None:
        return f"{begin}, too seldom for a ratio. {_not_found(compared)}"
    usual = compared["usual_ratio"]
    aside = (
        f"; with the usual way, {usual:,.{int(usual < 10)}f} times"
        if usual
        else "; with the usual way, the ratio has no end"
    )
    often = f"{compared['ratio']:.1f} times as often (95 %: {_range(compared['ratio_interval'])})"
    return f"{begin}: {often}{aside}. {_not_found(compared)}"


def _not_found(compared: Figures) -> str:
    """Who is not seen at all, and whether the difference may be chance."""
    shares = {row["group"]: row["no_face"] for row in compared["groups"]}
    worst = max(shares, key=lambda group: shares[group]["value"])
    if not shares[worst]["errors"]:
        return "Everybody's face was found."
    counts = f"{shares[worst]['errors']:,} of {shares[worst]['trials']:,}"
    begin = f"No face was found most often in the group {worst} ({percent(shares[worst]['value'])}: {counts})"
    chance = compared["fta_chance"]
    if chance >= CHANCE:
        return f"{begin}; groups differ no more in this than chance would have it ({percent(chance)} probable)."
    return f"{begin}; that groups differ so much is hardly chance ({percent(chance)} probable)."


def _youth(figures: Figures) -> str:
    rule = "Nobody under 12 can be enrolled, because the network cannot tell small children apart."
    if not includes_minors(figures):
        return f"Nobody between 12 and 17 was in this evaluation: it says nothing about them. {rule}"
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
    return " ".join(
        f"Two different people of the ages {row['group']} were taken for each other {_as_often(row['within'], ages)} "
        f"({per_pairs(row['within'])}; {row['people']:,} people)."
        for row in rows
    )


def _as_often(rate: float, ages: Figures) -> str:
    return f"{rate / ages['adults']:.1f} times as often as adults" if ages["adults"] else "as adults never were"


def _failures(figures: Figures) -> tuple[str, ...]:
    enrolment, acquisition = figures["enrolment"], figures["acquisition"]
    reasons = "; ".join(f"{reason.lower()} ({count:,})" for reason, count in enrolment["reasons"].items())
    return (
        f"Of {enrolment['trials']:,} photographs, {percent(enrolment['value'])} were refused for enrolling"
        + (f": {reasons}." if reasons else "."),
        f"In {percent(acquisition['no_face']['value'])} of {acquisition['no_face']['trials']:,} photographs searched "
        f"no face was found (the usual way's detector: {percent(acquisition['usual']['value'])}), and in "
        f"{percent(acquisition['poor']['value'])} the face was too poor to be searched for.",
    )


def _frames(frames: int) -> str:
    return "a single picture" if frames == 1 else f"{frames} pictures together"


def _of(whole: int, rate: Figures) -> str:
    """About how many of so many, with the wider of the two intervals."""
    low, high = (whole * edge for edge in interval(rate))
    if rate["errors"] == 0:
        return f"none (95 %: at most {_count(high)})"
    return f"about {_count(whole * rate['value'])} (95 %: {_count(low)} to {_count(high)})"


def interval(rate: Figures) -> tuple[float, float]:
    """The wider edges of both intervals of a rate."""
    edges = [rate["wilson"], *([rate["people"]] if "people" in rate else [])]
    return min(edge[0] for edge in edges), max(edge[1] for edge in edges)


def _range(edges: list[float | None]) -> str:
    low, high = ("no end" if edge is None else f"{edge:.1f}" for edge in edges)
    return f"{low} to {high}"


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def per_pairs(share: float) -> str:
    """A share of pairs as one in so many."""
    return f"one pair in {round(1 / share):,}" if share else "no pair"


def one_in(share: float) -> str:
    return f"one in {round(1 / share):,}"


def percent(share: float | None) -> str:
    """With two significant digits under 10 %."""
    if share is None:
        return "not measured"
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
