"""Leases against a real Redis: one holder at a time, whoever dies, sleeps or loses the connection."""

import os
import time
from collections.abc import Iterator
from itertools import count

import pytest
import redis
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cameras.leases import Heartbeat, Lease, is_held, lease_name

cameras = count(900_000)

pytestmark = pytest.mark.usefixtures("no_leftover_threads")


@pytest.fixture
def connection() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


@pytest.fixture
def camera(connection: redis.Redis) -> Iterator[int]:
    number = next(cameras)
    yield number
    connection.delete(lease_name(number))


class DeadRedis(redis.Redis):
    """A connection to a server that is not there."""

    def __init__(self) -> None:
        super().__init__(host="127.0.0.1", port=1, retry=None)


def test_of_two_takers_one_gets_the_lease(connection, camera):
    first = Lease.acquire(connection, camera)
    assert first is not None
    assert Lease.acquire(connection, camera) is None
    assert is_held(connection, camera)


def test_a_released_lease_can_be_taken_at_once(connection, camera):
    first = Lease.acquire(connection, camera)
    assert first.release()
    assert not is_held(connection, camera)
    assert Lease.acquire(connection, camera) is not None


def test_leases_of_different_cameras_do_not_meet(connection, camera):
    other = next(cameras)
    assert Lease.acquire(connection, camera)
    second = Lease.acquire(connection, other)
    assert second
    second.release()


def test_a_lease_whose_holder_died_expires(connection, camera):
    Lease.acquire(connection, camera, lifetime=0.2)
    time.sleep(0.3)
    assert not is_held(connection, camera)
    assert Lease.acquire(connection, camera) is not None


def test_renewing_keeps_a_lease_beyond_its_lifetime(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=0.4)
    for _ in range(4):
        time.sleep(0.2)
        assert lease.renew()
    assert Lease.acquire(connection, camera) is None


def test_a_lease_never_outlives_its_holder_by_more_than_eight_seconds(connection, camera):
    Lease.acquire(connection, camera)
    assert 7_000 < connection.pttl(lease_name(camera)) <= 8_000


def test_a_lease_that_expired_cannot_be_renewed(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=0.1)
    time.sleep(0.2)
    assert not lease.renew()
    assert not is_held(connection, camera)


def test_the_old_holder_can_neither_renew_nor_release_the_lease_of_the_new_one(connection, camera):
    old = Lease.acquire(connection, camera, lifetime=0.1)
    time.sleep(0.2)
    new = Lease.acquire(connection, camera)
    assert not old.renew()
    assert not old.release()
    assert is_held(connection, camera)
    assert new.renew()


def test_a_heartbeat_keeps_the_lease_and_gives_it_up_at_the_end(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=0.5)
    with Heartbeat(lease, interval=0.1) as heartbeat:
        time.sleep(1.2)
        assert not heartbeat.is_lost
        assert Lease.acquire(connection, camera) is None
    assert not is_held(connection, camera)


def test_a_heartbeat_notices_that_another_took_the_lease(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=5)
    with Heartbeat(lease, interval=0.1) as heartbeat:
        connection.set(lease_name(camera), "another's token")
        time.sleep(0.4)
        assert heartbeat.is_lost
    assert is_held(connection, camera), "the other's lease is left alone"


def test_with_redis_out_of_reach_the_lease_counts_as_lost_before_it_expires(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=1.0)
    lease._lock.redis = DeadRedis()
    with Heartbeat(lease, interval=0.1) as heartbeat:
        assert not heartbeat.is_lost
        while not heartbeat.is_lost:
            time.sleep(0.01)
        assert is_held(connection, camera), "the holder knew before anybody else could take it"


def test_a_holder_that_was_paused_knows_that_it_lost_the_lease(connection, camera):
    lease = Lease.acquire(connection, camera, lifetime=0.3)
    heartbeat = Heartbeat(lease, interval=60)
    time.sleep(0.4)
    assert heartbeat.is_lost


class Interleavings(RuleBasedStateMachine):
    """Three workers take, renew, give up and lose one lease in any order; a dictionary says who should hold it."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = redis.Redis.from_url(os.environ["REDIS_URL"])
        self.camera = next(cameras)
        self.leases: dict[int, Lease] = {}
        self.holder: int | None = None

    def teardown(self) -> None:
        self.connection.delete(lease_name(self.camera))
        self.connection.close()

    @rule(worker=st.integers(0, 2))
    def take(self, worker: int) -> None:
        lease = Lease.acquire(self.connection, self.camera, lifetime=60)
        assert (lease is not None) == (self.holder is None)
        if lease:
            self.leases[worker], self.holder = lease, worker

    @rule(worker=st.integers(0, 2))
    def renew(self, worker: int) -> None:
        if worker in self.leases:
            assert self.leases[worker].renew() == (self.holder == worker)

    @rule(worker=st.integers(0, 2))
    def give_up(self, worker: int) -> None:
        if worker in self.leases:
            assert self.leases.pop(worker).release() == (self.holder == worker)
            if self.holder == worker:
                self.holder = None

    @rule()
    def expire(self) -> None:
        self.connection.delete(lease_name(self.camera))
        self.holder = None

    @invariant()
    def it_is_held_when_somebody_holds_it(self) -> None:
        assert is_held(self.connection, self.camera) == (self.holder is not None)


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
