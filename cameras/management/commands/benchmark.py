"""`manage.py benchmark CLIP --gallery FOLDER`: what the pipeline finds in a clip, and what it costs."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cameras.benchmarking import Report, enrol, run
from cameras.vision.analyse import load_models


class Command(BaseCommand):
    help = "Run the pipeline over a clip without the web part: CPU seconds per stage, tracks, matches with times."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clip", type=Path)
        parser.add_argument("--gallery", type=Path, required=True, help="a folder of <person>.jpg or <person>/*.jpg")
        parser.add_argument("--fps", type=float, default=5.0, help="frames analysed a second (5)")
        parser.add_argument("--against", choices=["face_recognition"], help="also do the usual loop on the same frames")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, clip: Path, gallery: Path, fps: float, **options: Any) -> None:
        if fps <= 0:
            raise CommandError("--fps must be more than 0.")
        models = load_models(Path(settings.LOCKPORT_MODELS))
        for warning in models.warnings:
            self.stderr.write(warning)
        try:
            report = run(clip, enrol(gallery, models), models, fps=fps, usual=options["against"] is not None)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(report.as_dict(), indent=1) if options["json"] else table(report))


def table(report: Report) -> str:
    """The report for reading."""
    figures = report.as_dict()
    lines = [
        f"{report.clip}: {report.seconds:.1f} s, {report.decoded} frames decoded, {report.analysed} analysed, "
        f"{report.with_motion} with motion, {report.tracks} tracks, {report.embedded} faces embedded",
        "",
        f"{'stage':<12}{'CPU s':>10}{'ms a frame analysed':>22}",
    ]
    for stage, seconds in report.cpu.items():
        lines.append(f"{stage:<12}{seconds:>10.3f}{1000 * seconds / max(report.analysed, 1):>22.2f}")
    lines += ["", f"Cameras like this one per core: {figures['cameras_per_core']}"]
    if report.usual_cpu is not None:
        lines += [
            f"The usual loop: {figures['usual_cpu_ms_per_analysed_frame']} ms a frame, "
            f"{figures['times_less_cpu_without_decoding']} times as much ({figures['times_less_cpu']} with decoding); "
            f"it named {', '.join(report.usual_people) or 'nobody'}"
        ]
    lines += [""] + [f"Refused, no face: {name}" for name in report.refused]
    for sighting in report.sightings:
        lines.append(
            f"{sighting.first:8.2f}-{sighting.last:.2f} s  {sighting.person}  distance {sighting.distance:.3f}"
        )
    return "\n".join(lines + ([] if report.sightings else ["Nobody in the gallery was seen."]))
