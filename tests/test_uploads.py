import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers, StopUpload
from django.test import RequestFactory

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
