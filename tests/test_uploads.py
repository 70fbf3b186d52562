import asyncio

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers, StopUpload
from django.test import RequestFactory

from lockport import bodies
from lockport.bodies import MemoryOnlyHandler
from lockport.uploads import MemoryOnlyUploadHandler


def uploaded(content: bytes):
    request = RequestFactory().post("/", {"photograph": SimpleUploadedFile("a.jpg", content, "image/jpeg")})
    return request.FILES.get("photograph")


def test_an_uploaded_photograph_stays_in_memory_however_large(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
    file = uploaded(b"x" * 4_900_000)
    assert isinstance(file, InMemoryUploadedFile)
    assert file.size == 4_900_000


def test_one_that_is_too_large_is_stopped_and_does_not_go_to_a_temporary_file(settings, tmp_path):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100_000
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temporary")
    (tmp_path / "temporary").mkdir()
    assert uploaded(b"x" * 200_000) is None
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_limit_counts_what_arrives_and_not_what_was_announced(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    handler = MemoryOnlyUploadHandler(RequestFactory().get("/"))
    handler.handle_raw_input(None, {}, 1, b"", None)
    with pytest.raises(StopFutureHandlers):
        handler.new_file("photograph", "a.jpg", "image/jpeg", 1, None, None)
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x" * 11, 0)


def answer_to(parts: list[bytes]) -> list[dict]:
    """What the web server's door sends back for a POST whose body arrives in these parts."""
    sent: list[dict] = []
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts] + [{"type": "http.request"}]

    async def receive() -> dict:
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(3600)

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/sign-in/", "headers": [], "query_string": b""}
    asyncio.run(MemoryOnlyHandler()(scope, receive, send))
    return sent


def test_a_body_larger_than_one_upload_is_read_without_a_temporary_file(monkeypatch, settings):
    def a_file_was_opened(*args: object, **kwargs: object) -> None:
        raise AssertionError("an upload went to a temporary file")

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", a_file_was_opened)
    monkeypatch.setattr("tempfile.TemporaryFile", a_file_was_opened)
    parts = iter([{"body": b"x" * 900, "more_body": True}, {"body": b"y" * 900}])

    async def receive() -> dict:
        return {"type": "http.request", **next(parts)}

    assert asyncio.run(MemoryOnlyHandler().read_body(receive)).read() == b"x" * 900 + b"y" * 900


def test_what_is_too_large_altogether_is_told_so_and_not_kept(monkeypatch):
    monkeypatch.setattr(bodies, "LARGEST", 1000)
    start, body = answer_to([b"x" * 600, b"x" * 600])
    assert start["status"] == 413
    assert b"at most 80 MB together" in body["body"]
