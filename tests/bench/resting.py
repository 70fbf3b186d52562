"""What an empty corridor costs when only its keyframes are decoded, and how soon somebody who comes is looked at.

`python -m tests.bench.resting` prints it alone; `make bench` with the rest.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

import tests.environment as environment
from cameras.vision.analyse import Analyser, load_models
from cameras.vision.decoding import Decoding
from cameras.vision.types import DIMENSIONS, Frame, Gallery, Image

WIDTH, HEIGHT, RATE, LOOKS = 1920, 1080, 15, 5  # pictures a second; looked at a second
SECONDS, COMES, COUNTED_FROM = 40, 33.4, 15  # somebody comes in the middle of an interval; at rest from here on


def resting(folder: Path) -> dict[str, Any]:
    """Processor milliseconds a second of 1080p video of an empty corridor, at rest and not; seconds until the first
    look at somebody who comes."""
    clip = corridor(folder / "corridor.mp4")
    rested, everything = watched(clip, may_rest=True), watched(clip, may_rest=False)
    return {
        "cpu_ms_a_second": rested["cpu_ms_a_second"],
        "cpu_ms_a_second_decoding_everything": everything["cpu_ms_a_second"],
        "times_less": round(everything["cpu_ms_a_second"] / rested["cpu_ms_a_second"], 1),
        "seconds_until_looked_at": rested["seconds_until_looked_at"],
        "seconds_until_looked_at_decoding_everything": everything["seconds_until_looked_at"],
    }


def corridor(path: Path) -> Path:
    """Nothing but a sensor's noise, a keyframe every two seconds as cameras send them, until a small figure comes."""
    random = np.random.default_rng(0)
    still = cv2.resize(random.normal(130, 20, (180, 320, 3)).astype(np.float32), (WIDTH, HEIGHT)).clip(0, 255)
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "26", "g": str(2 * RATE), "bf": "0", "sc_threshold": "0"}
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(SECONDS * RATE):
            picture = still.copy()
            steps = number - COMES * RATE
            if steps >= 0:
                left = 800 + round(4 * steps)
                picture[420:660, left : left + 90] = (60, 70, 90)
            noise = random.integers(-3, 4, (HEIGHT // 2, WIDTH // 2, 1), np.int8)
            picture += noise.repeat(2, 0).repeat(2, 1)
            frame = av.VideoFrame.from_ndarray(picture.clip(0, 255).astype(np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def watched(clip: Path, *, may_rest: bool) -> dict[str, float]:
    """Decode and look as a watch does, as fast as it goes."""
    analyser, gallery = Analyser(load_models(environment.PROJECT / "data" / "models")), _somebody()
    decoding = Decoding(lambda: may_rest and analyser.at_rest)
    due, spent, looked_at = 0.0, 0.0, 0.0
    with av.open(str(clip)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for packet in container.demux(video=0):
            start, moving = time.process_time(), analyser.counters.with_motion
            for picture in decoding.pictures(packet):
                if picture.time + 1e-6 >= due:
                    due = picture.time + 1 / LOOKS
                    analyser.analyse(Frame.from_av(picture, number=0, captured_at=picture.time), gallery)
            moment = float((packet.dts or 0) * packet.time_base)
            if COUNTED_FROM <= moment < COMES:
                spent += time.process_time() - start
            if moment >= COMES and not looked_at and analyser.counters.with_motion > moving:
                looked_at = moment - COMES
    return {
        "cpu_ms_a_second": round(1000 * spent / (COMES - COUNTED_FROM), 1),
        "seconds_until_looked_at": round(looked_at, 2),
    }


def rows(figures: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """What to print, with the goals."""
    one = figures["resting"]
    everything = one["cpu_ms_a_second_decoding_everything"]
    late = f"{one['seconds_until_looked_at']} / {one['seconds_until_looked_at_decoding_everything']}"
    return [
        ("CPU ms a second of an empty corridor", one["cpu_ms_a_second"], ""),
        ("the same, every picture decoded", everything, ""),
        ("s until a comer is looked at / decoding all", late, "<= 2"),
    ]


def _somebody() -> Gallery:
    vectors: Image = np.full((1, DIMENSIONS), 9, np.float32)
    return Gallery((1,), vectors, np.zeros(1, np.float32), 0.0, "bench")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lockport-bench-") as name:
        sys.stdout.write(json.dumps(resting(Path(name)), indent=1) + "\n")
