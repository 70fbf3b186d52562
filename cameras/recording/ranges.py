"""Byte ranges (RFC 9110, section 14) of a file that is in memory: what a <video> asks for."""

import re

from django.http import HttpRequest, HttpResponse

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def video_response(request: HttpRequest, content: bytes, *, tag: str) -> HttpResponse:
    """The video, or the one range of it that was asked for; 416 for a range that is not in it.

    `tag` names this content: a range of something else (If-Range) is answered with the whole.
    """
    size = len(content)
    asked = request.headers.get("Range", "")
    match = _ONE_RANGE.fullmatch(asked.strip())
    if request.headers.get("If-Range", f'"{tag}"') != f'"{tag}"':
        match = None
    if match is None or match.groups() == ("", ""):
        return _video(content, tag, 200)
    first, last = _bounds(match.group(1), match.group(2), size)
    if first >= size or first > last:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    response = _video(content[first : last + 1], tag, 206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _video(content: bytes, tag: str, status: int) -> HttpResponse:
    response = HttpResponse(content, content_type="video/mp4", status=status)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
