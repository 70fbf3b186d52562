"""One watcher per camera: leases in Redis that expire by themselves when their holder dies.

The lock is redis-py's own: `SET NX PX` with a random token, renewed and released by scripts that compare the token.
"""

import logging
import threading
import time
from typing import Self

import redis
from redis.exceptions import LockError, RedisError
from redis.lock import Lock

logger = logging.getLogger(__name__)

LIFETIME = 8.0  # seconds without a heartbeat until another worker may watch the camera
HEARTBEAT = 2.0  # seconds


def lease_name(camera_id: int) -> str:
    return f"lockport:lease:camera:{camera_id}"


def is_held(connection: redis.Redis, camera_id: int) -> bool:
    """Whether anybody watches the camera. Raises redis.exceptions.RedisError."""
    return bool(connection.exists(lease_name(camera_id)))


class Lease:
    """The right to watch one camera, for `lifetime` seconds after each renewal; take it with `Lease.acquire`.

    `renewed_at` (monotonic clock) is the moment before Redis was asked, so Redis never lets go earlier than we think.
    """

    def __init__(self, lock: Lock, camera_id: int, lifetime: float, renewed_at: float) -> None:
        self._lock = lock
        self.camera_id = camera_id
        self.lifetime = lifetime
        self.renewed_at = renewed_at

    @classmethod
    def acquire(cls, connection: redis.Redis, camera_id: int, *, lifetime: float = LIFETIME) -> Self | None:
        """The lease, or None while somebody holds it. Raises redis.exceptions.RedisError."""
        # The heartbeat runs in another thread than the one that took the lease.
        lock = Lock(connection, lease_name(camera_id), timeout=lifetime, blocking=False, thread_local=False)
        asked_at = time.monotonic()
        return cls(lock, camera_id, lifetime, asked_at) if lock.acquire() else None

    def renew(self) -> bool:
        """Hold it for a full lifetime from now; False when it was lost. Raises RedisError when Redis is away."""
        asked_at = time.monotonic()
        try:
            self._lock.reacquire()
        except LockError:
            return False
        self.renewed_at = asked_at
        return True

    def release(self) -> bool:
        """Give it up; False when it had been lost. Raises redis.exceptions.RedisError when Redis is away."""
        try:
            self._lock.release()
        except LockError:
            return False
        return True


class Heartbeat:
    """Renews a lease from a thread of its own, so that slow work does not lose it; a context manager.

    Leaving it releases the lease, and does not wait for a Redis that hangs (give the connection a `socket_timeout`
    well under the lifetime). `is_lost` goes by our own clock as well: with Redis out of reach, or the whole process
    paused, the lease counts as lost *before* another worker can have taken it.
    """

    def __init__(self, lease: Lease, *, interval: float = HEARTBEAT) -> None:
        self._lease = lease
        self._interval = interval
        self._margin = min(1.0, lease.lifetime / 8)
        self._stopping = threading.Event()
        self._refused = False
        self._thread = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._renew()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(0.5)
        if self._thread.is_alive():  # Redis does not answer; the lease expires by itself
            return
        try:
            self._lease.release()
        except RedisError as error:  # it expires by itself
            logger.warning("Camera %s: the lease is left to expire (%s)", self._lease.camera_id, type(error).__name__)

    @property
    def is_lost(self) -> bool:
        return self._refused or time.monotonic() - self._lease.renewed_at > self._lease.lifetime - self._margin

    def _beat(self) -> None:
        while not self._stopping.wait(self._interval) and not self._refused:
            self._renew()

    def _renew(self) -> None:
        try:
            self._refused = not self._lease.renew()
        except RedisError as error:
            logger.warning("Camera %s: the lease is not renewed (%s)", self._lease.camera_id, type(error).__name__)
