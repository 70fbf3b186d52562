"""One ear on the Redis channel for all live streams of this process, and the news that the server is stopping."""

import asyncio
import logging
import signal
import threading
from types import FrameType

import redis
import redis.asyncio
from django.conf import settings

from alerts.events import CHANNEL

logger = logging.getLogger(__name__)

RETRY = 2.0  # seconds before listening again to a Redis that is away; meanwhile streams look by themselves


class WakeUp:
    """Sleepers of one event loop. The first one starts listening to Redis, the last one to leave ends it.

    All methods are called on the loop's own thread, except `stop`, which a signal handler may call.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.sleepers: set[asyncio.Event] = set()
        self.is_stopping = False
        self.listener: asyncio.Task[None] | None = None

    def enter(self) -> asyncio.Event:
        """A new sleeper: wait for the event, clear it, look, and `leave` at the end."""
        sleeper = asyncio.Event()
        self.sleepers.add(sleeper)
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen())
        return sleeper

    def leave(self, sleeper: asyncio.Event) -> None:
        self.sleepers.discard(sleeper)
        if not self.sleepers and self.listener is not None:
            self.listener.cancel()
            self.listener = None

    def stop(self) -> None:
        """The server is stopping: let every stream end by itself."""
        self.is_stopping = True
        self.loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for sleeper in self.sleepers:
            sleeper.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except redis.RedisError as error:
                logger.warning("Live streams look by themselves, for Redis is away: %s", type(error).__name__)
                await asyncio.sleep(RETRY)

    async def _hear(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        async with client, client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            while True:
                # With a time limit, so that a connection that died without a word is noticed.
                if await channel.get_message(timeout=30) is None:
                    await channel.ping()
                else:
                    self._wake()


_wake_up: WakeUp | None = None


def wake_up() -> WakeUp:
    """The sleepers of the running event loop."""
    global _wake_up
    if _wake_up is None or _wake_up.loop is not asyncio.get_running_loop():
        _wake_up = WakeUp()
        _stop_with_the_server(_wake_up)
    return _wake_up


def _stop_with_the_server(sleepers: WakeUp) -> None:
    """Hear the server's own stop signals, for a server that stops waits until its last stream has ended.

    ASGI tells applications of a shutdown only after the last connection is closed, which here would be never.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):  # no server is listening: leave the signal to do what it always does
            continue

        def handle(number: int, frame: FrameType | None, before: object = before) -> None:
            sleepers.stop()
            before(number, frame)  # type: ignore[operator]  # checked above

        signal.signal(number, handle)
