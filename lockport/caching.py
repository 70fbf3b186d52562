"""The cache, in Redis."""

from django.core.cache.backends.redis import RedisCache


class Cache(RedisCache):
    """Django's own, without looking at each key letter by letter for what memcached would not take.

    A page asks for two keys a camera: for 300 cameras that took longer than Redis did.
    """

    def validate_key(self, key: str) -> None:
        """Redis takes any key."""
