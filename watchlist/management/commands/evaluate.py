"""`manage.py evaluate --gallery DIR --probes DIR`: how well people are recognised, measured on photographs."""

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from audit.services import Actor, record_access
from cameras.vision.convert import read_conversion
from lockport.keyfiles import KeyProblem
from watchlist.evaluating.album import Album, Plan
from watchlist.evaluating.folders import (
    FolderProblem,
    Person,
    Photograph,
    beside_groups,
    photographs_in,
    read_excluded,
    read_groups,
)
from watchlist.evaluating.measuring import Figures, measure
from watchlist.evaluating.page import standalone
from watchlist.evaluating.pictures import Seen, see_all
from watchlist.evaluating.words import passages
from watchlist.evaluations import EvaluationProblem, keep, recognition_allowed
from watchlist.models import Entry

FEW = 40  # photographs that one process has looked at before a second one has started


class Command(BaseCommand):
    help = (
        "Measure recognition on folders of <person>/*.jpg. People in --probes who are not in --gallery are strangers. "
        "Nothing of any face is written: neither crop nor template."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gallery", type=Path, required=True, help="a folder of <person>.jpg or <person>/*.jpg")
        parser.add_argument("--probes", type=Path, required=True, nargs="+", help="the same folder, or others")
        parser.add_argument("--groups", type=Path, help="id,age,gender,ethnicity; photographs may lie beside it")
        parser.add_argument("--exclude", type=Path, help="people or photographs to leave out, one a line")
        parser.add_argument("--size", type=int, help="people on the list (100, or everybody in the gallery)")
        parser.add_argument("--photographs", type=int, default=3, help="enrolled of each person (3)")
        parser.add_argument("--frames", type=int, default=3, help="pictures to a search (3)")
        parser.add_argument("--fpir", type=float, help="the false-alarm budget (that of the settings)")
        parser.add_argument("--rounds", type=int, default=12, help="random galleries (12)")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--report", type=Path, help="write a page to this file")
        parser.add_argument(
            "--keep", action="store_true", help="store the result, signed, as what recognition relies on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._plan(options)
        _refuse_unwritable(options["report"])
        try:
            figures = self._measured(plan, options)
            about = _about(options)
            self.stdout.write(json.dumps(figures, indent=1) if options["json"] else _text(figures, about))
            if options["report"]:
                options["report"].write_text(standalone(figures, about=about))
            if options["keep"]:
                self._keep(figures)
        except (FolderProblem, EvaluationProblem, KeyProblem) as problem:
            raise CommandError(str(problem)) from None
        except OSError as error:
            raise CommandError(f"The report could not be written: {error}") from error

    def _keep(self, figures: Figures) -> None:
        """Keep it, and say what comes of it: recognition goes by it from now on, or stops."""
        keep(figures, actor=Actor.command())
        verdict = recognition_allowed(Entry.objects.active().count())
        self.stderr.write(f"Kept, signed: recognition relies on it from now on. {verdict.reason}")
        if not verdict.allowed:
            self.stderr.write("No earlier evaluation counts any more. Evaluate again so that it holds, and keep that.")

    def _plan(self, options: dict[str, Any]) -> Plan:
        for name in ("size", "photographs", "frames", "rounds", "processes"):
            if options[name] is not None and options[name] < 1:
                raise CommandError(f"--{name} must be at least 1.")
        fpir = options["fpir"] if options["fpir"] is not None else settings.LOCKPORT_FALSE_ALARM_BUDGET
        if not 0 < fpir < 1:
            raise CommandError("--fpir is a share of passers-by between 0 and 1, such as 0.001.")
        if read_conversion(Path(settings.LOCKPORT_MODELS)) is None:
            raise CommandError("The face models are not prepared. Run: manage.py convert_models")
        return Plan(options["size"], options["photographs"], options["frames"], fpir, options["rounds"])

    def _measured(self, plan: Plan, options: dict[str, Any]) -> Figures:
        excluded = read_excluded(options["exclude"])
        photographs = photographs_in(options["gallery"], options["probes"], excluded)
        groups: dict[str, Person] | None = None
        if options["groups"]:
            groups = read_groups(options["groups"])
            photographs += beside_groups(options["groups"], groups, excluded, photographs)
        self._record(options)
        seen = self._seen(photographs, options["processes"])
        figures = measure(Album.of(photographs, seen), seen, plan, groups=groups, tell=self._tell)
        self.stderr.write("")
        return figures

    def _record(self, options: dict[str, Any]) -> None:
        folders = ", ".join(folder.name for folder in (options["gallery"], *options["probes"]))
        try:
            record_access(
                actor=Actor.command(), action="evaluated", subject=f"recognition, on photographs in {folders}"
            )
        except DatabaseError as error:
            raise CommandError("The access log cannot be written. Run: manage.py migrate") from error

    def _seen(self, photographs: list[Photograph], processes: int) -> list[Seen]:
        seen: list[Seen] = []
        started = shown = time.monotonic()
        for each in see_all([one.path for one in photographs], processes=processes if len(photographs) > FEW else 1):
            seen.append(each)
            now = time.monotonic()
            if now - shown > 1 or len(seen) == len(photographs):
                shown = now
                left = (now - started) / len(seen) * (len(photographs) - len(seen))
                self._tell(f"{len(seen):,} of {len(photographs):,} photographs, about {left:.0f} s left")
        self.stderr.write("")
        return seen

    def _tell(self, text: str) -> None:
        self.stderr.write(f"\r{text:<70}", ending="")
        self.stderr.flush()


def _refuse_unwritable(report: Path | None) -> None:
    """Before minutes of work, not after them."""
    if report is not None and not (
        report.parent.is_dir() and os.access(report.parent, os.W_OK) and not report.is_dir()
    ):
        raise CommandError(f"The report cannot be written to {report}: give a file in a folder that you may write to.")


def _about(options: dict[str, Any]) -> str:
    probes = ", ".join(folder.name for folder in options["probes"])
    groups = f"; groups from {options['groups'].parent.name}" if options["groups"] else ""
    left_out = f"; left out: {options['exclude'].name}" if options["exclude"] else ""
    day = timezone.now().date().isoformat()
    gallery = options["gallery"].name
    return f"Measured on {day} on the photographs of {gallery} (list) and {probes} (searched){groups}{left_out}."


def _text(figures: Figures, about: str) -> str:
    lines = [about]
    for passage in passages(figures):
        lines += ["", passage.title.upper(), *passage.sentences]
    return "\n".join(lines)
