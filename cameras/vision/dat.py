"""Read the layers of a network out of dlib's own weight file (`.dat`).

dlib writes a network from its input to its output: each layer as a length-prefixed name, its tensors as plain
little-endian 32-bit floats, and its measures. Integers are a byte with their length (and sign) followed by that many
bytes. Only the layers of dlib's face networks are known here. The format is that of dlib's `dnn/layers.h` and
`dnn/tensor.h` (Davis E. King, Boost Software License).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .types import Floats

_NAMES = (b"con_4", b"affine_", b"relu_", b"max_pool_2", b"avg_pool_2", b"add_prev_", b"fc_2")
_LAYER = re.compile(b"|".join(re.escape(b"\x01" + bytes([len(name)]) + name) for name in _NAMES), re.DOTALL)


class UnknownNetworkError(ValueError):
    """The file is not one of dlib's face networks, or is damaged."""


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`weights` (out, in, rows, columns), `bias` (out,); the same stride and padding in both directions."""

    weights: Floats
    bias: Floats
    stride: int
    padding: int


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """y = gamma x + beta per channel, both (channels,)."""

    gamma: Floats
    beta: Floats


@dataclass(frozen=True, slots=True)
class Relu:
    """max(x, 0)."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The largest or the mean value of each `size` x `size` window; a size of 0 is the whole picture."""

    kind: str
    size: int
    stride: int


@dataclass(frozen=True, slots=True)
class AddPrevious:
    """Adds the input of the residual block to its output; the smaller of the two is padded with zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A matrix (inputs, outputs) without bias."""

    weights: Floats


Layer = Convolution | Affine | Relu | Pool | AddPrevious | Dense


class _Reader:
    """A place in the file's bytes."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data, self.place = data, place

    def integer(self) -> int:
        length = self.data[self.place] & 0x0F
        negative = self.data[self.place] & 0x80
        self.place += 1 + length
        value = int.from_bytes(self.data[self.place - length : self.place], "little")
        return -value if negative else value

    def integers(self, count: int) -> list[int]:
        return [self.integer() for _ in range(count)]

    def tensor(self) -> Floats:
        version, *shape = self.integers(5)
        size = int(np.prod(shape))
        if version != 2 or size <= 0 or self.place + 4 * size > len(self.data):
            raise UnknownNetworkError("A tensor in dlib's weight file has an unexpected form; is the file complete?")
        values = np.frombuffer(self.data, "<f4", size, self.place).reshape(shape)
        self.place += 4 * size
        return values.astype(np.float32)


def read_layers(path: Path) -> list[Layer]:
    """The layers of the network in `path`, input first.

    Raises OSError when it cannot be read and UnknownNetworkError when it is not one of dlib's face networks.
    """
    data = path.read_bytes()
    layers: list[Layer] = []
    place = 0
    while found := _LAYER.search(data, place):
        reader = _Reader(data, found.end())
        layers.append(_read_layer(found.group()[2:], reader))
        place = reader.place
    if not layers:
        raise UnknownNetworkError(f"{path.name} holds no network that is known here; install it again.")
    return layers


def _read_layer(name: bytes, reader: _Reader) -> Layer:
    if name == b"con_4":
        return _read_convolution(reader)
    if name == b"affine_":
        gamma, beta = np.split(reader.tensor().reshape(-1), 2)
        return Affine(gamma, beta)
    if name in (b"max_pool_2", b"avg_pool_2"):
        rows, columns, stride, stride_x, *padding = reader.integers(6)
        if rows != columns or stride != stride_x or any(padding):
            raise UnknownNetworkError("A pooling layer in dlib's weight file has an unexpected form.")
        return Pool(name[:3].decode(), rows, stride)
    if name == b"fc_2":
        reader.integers(2)
        return Dense(reader.tensor().reshape(-1, 128))
    return Relu() if name == b"relu_" else AddPrevious()


def _read_convolution(reader: _Reader) -> Convolution:
    values = reader.tensor().reshape(-1)
    filters, rows, columns, stride, stride_x, padding, padding_x = reader.integers(7)
    if stride != stride_x or padding != padding_x or (values.size - filters) % (filters * rows * columns):
        raise UnknownNetworkError("A convolution in dlib's weight file has an unexpected form.")
    return Convolution(values[:-filters].reshape(filters, -1, rows, columns), values[-filters:], stride, padding)
