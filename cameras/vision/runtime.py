"""Run an ONNX network on one thread of the processor, with ONNX Runtime or OpenVINO.

One thread per call, because a worker watches many cameras at once: the cameras are what runs in parallel.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Network = Callable[[np.ndarray], list[np.ndarray]]
RUNTIMES = ("onnxruntime", "openvino")

_OPENVINO_SETTINGS = {
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
    "PERFORMANCE_HINT": "LATENCY",
    "ENABLE_CPU_PINNING": False,  # pinned, all cameras of a worker would share one core
    "INFERENCE_PRECISION_HINT": "f32",  # some processors would choose bfloat16: 1 % away from dlib
}


def load_network(path: Path, runtime: str) -> Network:
    """A function from the network's only input to its outputs; any number of threads may call it at once.

    Raises ValueError for an unknown runtime, and the runtime's own error for a broken file.
    """
    if runtime == "onnxruntime":
        return _load_onnxruntime(path)
    if runtime == "openvino":
        return _load_openvino(path)
    raise ValueError(f"Unknown runtime {runtime!r}: choose one of {', '.join(RUNTIMES)}.")


def _load_onnxruntime(path: Path) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # the arena keeps the largest batch's memory for good
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(values: np.ndarray) -> list[np.ndarray]:
        return session.run(None, {name: values})

    return run


def _load_openvino(path: Path) -> Network:
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(core.read_model(path), "CPU", _OPENVINO_SETTINGS)
    requests = threading.local()  # a request holds one caller's tensors

    def run(values: np.ndarray) -> list[np.ndarray]:
        request: Any = getattr(requests, "own", None)
        if request is None:
            request = requests.own = compiled.create_infer_request()
        request.infer({0: values})
        return [np.array(output.data) for output in request.output_tensors]

    return run
