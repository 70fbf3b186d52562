"""From packets to pictures; where nothing moves, from keyframes alone.

Pictures between two keyframes build on each other: to have the newest, all since the last keyframe must be decoded. So
at rest those packets wait, undecoded, until the next keyframe makes them useless, or until something says that they are
needed after all. That is the watch, when it sees something move; or the packets themselves, when they hold more than
they do while nothing moves: an encoder writes down what changes. So nobody has to wait for the next keyframe.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

LONGEST_INTERVAL = 2.1  # seconds between keyframes up to which a camera may rest: the most that a change may go unseen
_REMEMBERED = 4  # intervals in which nothing moved
_FEWEST = 2  # of those, before what is usual is known
_MORE = 1.15  # times the most that there was, at the same place of an interval, while nothing moved
_SOONEST = 4  # packets after a keyframe: the sum of fewer varies too much


class Decoding:
    """One stream's decoder. `may_rest` says whether nothing has moved for a while; for the reader's thread alone."""

    def __init__(self, may_rest: Callable[[], bool]) -> None:
        self._may_rest = may_rest
        self._waiting: list[Any] = []
        self._bytes: list[int] = []  # since the last keyframe, after each packet
        self._usual: deque[list[int]] = deque(maxlen=_REMEMBERED)
        self._keyframe_at: float | None = None
        self._quiet = False  # since the last keyframe
        self.resting = False

    def pictures(self, packet: Any) -> list[Any]:
        """The pictures (`av.VideoFrame`) that are ready once `packet` has come: none, or one, or several at the end.

        Raises what PyAV's decoder raises.
        """
        if not packet.size:
            self._waiting = []
            return list(packet.decode())
        if packet.is_keyframe:
            return self._keyframe(packet)
        self._bytes.append(packet.size + (self._bytes[-1] if self._bytes else 0))
        may_rest = self._may_rest()
        self._quiet &= may_rest
        if not self.resting:
            return list(packet.decode())
        self._waiting.append(packet)
        if may_rest and not self._holds_more() and not self._is_late(packet):
            return []
        return self._catch_up()

    def _keyframe(self, packet: Any) -> list[Any]:
        may_rest, now = self._may_rest(), _seconds(packet)
        if not may_rest:
            self._usual.clear()
        elif self._quiet and self._bytes:
            self._usual.append(self._bytes)
        known = now is not None and self._keyframe_at is not None
        interval = now - self._keyframe_at if known else 0.0  # type: ignore[operator]
        self._keyframe_at, self._quiet = now, may_rest
        self._bytes, self._waiting = [], []
        self.resting = False
        pictures = list(packet.decode())
        # Without a picture for the keyframe the decoder waits for the next packets, and must have them.
        self.resting = bool(may_rest and pictures and len(self._usual) >= _FEWEST and 0 < interval <= LONGEST_INTERVAL)
        return pictures

    def _holds_more(self) -> bool:
        place = len(self._bytes) - 1
        usual = [before[place] for before in self._usual if len(before) > place]
        return place + 1 >= _SOONEST and bool(usual) and self._bytes[-1] > _MORE * max(usual)

    def _is_late(self, packet: Any) -> bool:
        """Whether the next keyframe is overdue: some cameras send fewer of them while nothing moves."""
        now = _seconds(packet)
        return now is None or self._keyframe_at is None or now - self._keyframe_at > LONGEST_INTERVAL

    def _catch_up(self) -> list[Any]:
        """Decode all that waits; the newest picture is what the camera shows now."""
        waiting, self._waiting, self.resting = self._waiting, [], False
        newest: list[Any] = []
        for packet in waiting:
            newest = list(packet.decode()) or newest
        return newest[-1:]


def _seconds(packet: Any) -> float | None:
    moment = packet.dts if packet.dts is not None else packet.pts
    return None if moment is None else float(moment * packet.time_base)
