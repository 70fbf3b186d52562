"""Convert dlib's recognition network to ONNX and check it against dlib itself, on the spot.

Writes `embedder.onnx` and, beside it, `embedder.json`: which runtime measured faster here, the hash of the weights it
was made from, the times, and the worst difference from dlib. Both are replaced atomically; the record is written last,
so that a network without a matching record is never used.
"""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .dat import UnknownNetworkError, read_layers
from .embed import dlib_network
from .graph import CHIP, recognition_network
from .runtime import RUNTIMES, load_network
from .types import Floats, Image
from .weights import RECOGNITION, weight_file

FORMAT = 1  # of what is written: a higher number makes every installation convert again
TOLERANCE = 1e-4  # Euclidean distance between a converted descriptor and dlib's
_REPEATS = 12

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was converted, and how it compared; as stored in `embedder.json`.

    `milliseconds` is processor time per face, by runtime; `worst_difference` the largest Euclidean distance from
    dlib's own descriptor, by runtime; `runtime` is `dlib` where no converted network came close enough.
    """

    runtime: str
    source: str
    source_sha256: str
    network_sha256: str
    milliseconds: dict[str, float]
    worst_difference: dict[str, float]
    faces_checked: int
    format: int = FORMAT


def convert_models(folder: Path, *, source: Path | None = None, again: bool = False) -> Conversion:
    """Make sure that `folder` holds the converted network; instant when it does already.

    Raises OSError when the weights cannot be read or the folder cannot be written. Where the conversion fails or
    differs from dlib by more than 1e-4 on any face, dlib is recorded as the runtime and a warning is logged.
    """
    source = source or weight_file(RECOGNITION)
    folder.mkdir(parents=True, exist_ok=True)
    digest = _sha256(source)
    existing = read_conversion(folder)
    if existing and not again and _still_holds(existing, folder, digest):
        return existing
    network = folder / "embedder.onnx"
    try:
        _write(network, recognition_network(read_layers(source)).SerializeToString())
        conversion = _compare(network, source, digest)
    except UnknownNetworkError as error:
        logger.warning("dlib itself will recognise faces, about ten times slower: %s", error)
        conversion = Conversion("dlib", source.name, digest, "", {}, {}, 0)
    _write(folder / "embedder.json", json.dumps(asdict(conversion), indent=1).encode())
    return conversion


def read_conversion(folder: Path) -> Conversion | None:
    """The record of an earlier conversion, or None when there is none that can be read."""
    try:
        return Conversion(**json.loads((folder / "embedder.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _still_holds(existing: Conversion, folder: Path, digest: str) -> bool:
    if (existing.format, existing.source_sha256) != (FORMAT, digest):
        return False
    network = folder / "embedder.onnx"
    return existing.runtime == "dlib" or (network.is_file() and _sha256(network) == existing.network_sha256)


def _compare(network: Path, source: Path, digest: str) -> Conversion:
    """Run every runtime on the same faces, and choose the fastest of those that agree with dlib."""
    faces = example_faces()
    original = dlib_network(source)
    wanted = original(faces)
    times = {"dlib": _milliseconds(original, faces[:2], repeats=1)}
    differences: dict[str, float] = {}
    for runtime in RUNTIMES:
        try:
            run = load_network(network, runtime)
            differences[runtime] = float(np.linalg.norm(run(faces)[0] - wanted, axis=1).max())
            times[runtime] = _milliseconds(run, faces[:2], repeats=_REPEATS)
        except Exception as error:  # a runtime that is missing or broken must not stop the others
            logger.warning("%s cannot run the converted network: %s", runtime, error)
    good = [runtime for runtime, difference in differences.items() if difference <= TOLERANCE]
    if not good:
        logger.warning(
            "dlib itself will recognise faces, about ten times slower: the converted network differs from it by %s.",
            ", ".join(f"{value:.2g} ({name})" for name, value in differences.items()) or "an unknown amount",
        )
    return Conversion(
        runtime=min(good, key=lambda runtime: times[runtime], default="dlib"),
        source=source.name,
        source_sha256=digest,
        network_sha256=_sha256(network),
        milliseconds={name: round(value, 2) for name, value in times.items()},
        worst_difference=differences,
        faces_checked=len(faces),
    )


def example_faces() -> Image:
    """Pictures to compare networks on: (n, 150, 150, 3) uint8 RGB; drawn ones, and a photograph where there is one."""
    random = np.random.default_rng(20)
    rows, columns = np.mgrid[0:CHIP, 0:CHIP].astype(np.float32)
    drawn = np.full((CHIP, CHIP, 3), 90, np.float32)
    for x, y, width, height, shade in [
        (75, 78, 48, 62, 190),
        (50, 62, 9, 5, 60),
        (100, 62, 9, 5, 60),
        (75, 112, 20, 6, 95),
    ]:
        drawn[((columns - x) / width) ** 2 + ((rows - y) / height) ** 2 < 1] = (shade, shade * 0.8, shade * 0.7)
    pictures = [
        drawn,
        drawn[:, ::-1] * 0.4,
        drawn + random.normal(0, 20, drawn.shape),
        random.uniform(0, 255, drawn.shape),
    ]
    try:
        from skimage.data import astronaut
    except ImportError:  # only the demonstration needs it
        pass
    else:
        face = astronaut()[40:190, 150:300].astype(np.float32)
        pictures += [face, face[:, ::-1], face * 0.5]
    return np.clip(np.stack(pictures), 0, 255).astype(np.uint8)


def _milliseconds(run: Callable[[Image], list[np.ndarray] | Floats], faces: Image, *, repeats: int) -> float:
    run(faces)
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run(faces)
        times.append(time.process_time() - start)
    return float(np.median(times)) * 1000 / len(faces)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a reader or a power cut sees the old or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
