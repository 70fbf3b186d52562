"""Build an ONNX graph of dlib's recognition network: affine layers folded away, normalisation inside.

The network is dlib's `anet_type` (King 2017, "High quality face recognition with deep metric learning"): a ResNet of
29 convolutions whose 128 outputs are compared by Euclidean distance.
"""

from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .dat import AddPrevious, Affine, Convolution, Dense, Layer, Pool, Relu
from .types import DIMENSIONS

CHIP = 150  # pixels; the side of the aligned picture of a face that the network expects
_MEAN = np.array([122.782, 117.001, 104.298], np.float32)  # of red, green and blue; dlib's input_rgb_image
_SCALE = 256.0
_OPERATIONS, _FORMAT = 13, 8  # old enough for every runtime in use


@dataclass(slots=True)
class _Signal:
    name: str
    channels: int
    side: int


@dataclass(slots=True)
class _Graph:
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, values: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, operation: str, *inputs: str, **attributes: object) -> str:
        name = f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name


def recognition_network(layers: list[Layer]) -> onnx.ModelProto:
    """dlib's layers as ONNX: `chips` (n, 150, 150, 3) uint8 RGB in, `descriptors` (n, 128) float32 out; any n."""
    graph = _Graph()
    planes = graph.add("Transpose", graph.add("Cast", "chips", to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    signal = block = _Signal(planes, 3, CHIP)
    shortcut_pool: Pool | None = None
    first = True
    for index, layer in enumerate(layers):
        following = layers[index + 1] if index + 1 < len(layers) else None
        if isinstance(layer, Convolution):
            folded = _fold(layer, following, normalise=first)
            signal, first = _convolve(graph, signal, folded), False
        elif isinstance(layer, Relu):
            signal = _Signal(graph.add("Relu", signal.name), signal.channels, signal.side)
            # The tail of a residual block, or of the stem, is where the next block's shortcut begins.
            if isinstance(layers[index - 1], AddPrevious):
                block = signal
        elif isinstance(layer, Pool) and isinstance(following, AddPrevious):
            shortcut_pool = layer
        elif isinstance(layer, Pool):
            signal = block = _pool(graph, signal, layer)
        elif isinstance(layer, AddPrevious):
            shortcut = _pool(graph, block, shortcut_pool) if shortcut_pool else block
            signal, shortcut_pool = _add(graph, signal, shortcut), None
        elif isinstance(layer, Dense):
            flat = graph.add("Flatten", signal.name)
            graph.nodes.append(helper.make_node("MatMul", [flat, graph.constant(layer.weights)], ["descriptors"]))
    return _model(graph)


def _fold(layer: Convolution, following: Layer | None, *, normalise: bool) -> Convolution:
    """The convolution with the affine layer after it, and with the normalisation before it, multiplied in."""
    weights, bias = layer.weights.astype(np.float64), layer.bias.astype(np.float64)
    if isinstance(following, Affine):
        weights = weights * following.gamma[:, None, None, None]
        bias = bias * following.gamma + following.beta
    if normalise:
        # Exact only because the first convolution pads nothing.
        bias = bias - (weights * _MEAN[None, :, None, None]).sum(axis=(1, 2, 3)) / _SCALE
        weights = weights / _SCALE
    return Convolution(weights.astype(np.float32), bias.astype(np.float32), layer.stride, layer.padding)


def _convolve(graph: _Graph, signal: _Signal, layer: Convolution) -> _Signal:
    size = layer.weights.shape[-1]
    name = graph.add(
        "Conv",
        signal.name,
        graph.constant(layer.weights),
        graph.constant(layer.bias),
        kernel_shape=[size, size],
        strides=[layer.stride] * 2,
        pads=[layer.padding] * 4,
    )
    return _Signal(name, layer.weights.shape[0], 1 + (signal.side + 2 * layer.padding - size) // layer.stride)


def _pool(graph: _Graph, signal: _Signal, layer: Pool) -> _Signal:
    if layer.size == 0:
        return _Signal(graph.add("GlobalAveragePool", signal.name), signal.channels, 1)
    operation = "MaxPool" if layer.kind == "max" else "AveragePool"
    name = graph.add(operation, signal.name, kernel_shape=[layer.size] * 2, strides=[layer.stride] * 2)
    return _Signal(name, signal.channels, 1 + (signal.side - layer.size) // layer.stride)


def _add(graph: _Graph, one: _Signal, other: _Signal) -> _Signal:
    """The sum of both, each padded with zeros at its end to the larger number of channels and the larger side."""
    channels, side = max(one.channels, other.channels), max(one.side, other.side)
    one, other = _padded(graph, one, channels, side), _padded(graph, other, channels, side)
    return _Signal(graph.add("Add", one.name, other.name), channels, side)


def _padded(graph: _Graph, signal: _Signal, channels: int, side: int) -> _Signal:
    if (signal.channels, signal.side) == (channels, side):
        return signal
    ends = [0, channels - signal.channels, side - signal.side, side - signal.side]
    name = graph.add("Pad", signal.name, graph.constant(np.array([0, 0, 0, 0, *ends], np.int64)), mode="constant")
    return _Signal(name, channels, side)


def _model(graph: _Graph) -> onnx.ModelProto:
    chips = helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", CHIP, CHIP, 3])
    descriptors = helper.make_tensor_value_info("descriptors", TensorProto.FLOAT, ["n", DIMENSIONS])
    network = helper.make_graph(graph.nodes, "dlib_face_recognition", [chips], [descriptors], graph.constants)
    model = helper.make_model(network, opset_imports=[helper.make_opsetid("", _OPERATIONS)], ir_version=_FORMAT)
    onnx.checker.check_model(model)
    return model
