"""A real RTSP server that behaves as a camera does; prints its port on standard output, then serves until killed.

Runs under the system's own Python, which is where Debian puts GStreamer's bindings:

    /usr/bin/python3 tests/rtsp/server.py --file clip.mp4 --loop --user viewer --password secret
    /usr/bin/python3 tests/rtsp/server.py --pattern
    /usr/bin/python3 tests/rtsp/server.py --audio-only

`--file` takes MP4s with H.264 and plays them one after the other (if their sizes differ, the stream changes its size
half-way). Every client is served the files from their start, in real time; `--loop` goes on from the start for ever.
"""

import argparse
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")

from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - the versions have to be chosen first

FRAME = 40_000_000  # nanoseconds for which the last picture of a clip is shown
BYTES = "video/x-h264,stream-format=byte-stream,alignment=au"
PAYLOAD = "rtph264pay name=pay0 pt=96 config-interval="
PATTERN = (
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1 "
    f"! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! {PAYLOAD}-1"
)
# The pictures bring their parameter sets. The payloader would put them before each *slice* of a keyframe, and receivers
# would take the slices for pictures.
FED = f"appsrc name=source format=time caps={BYTES} ! h264parse ! {PAYLOAD}0"
AUDIO_ONLY = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay0 pt=0"


def main() -> None:
    options = parse_options()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = make_factory(options)
    if options.user:
        require_password(server, factory, options)
    server.get_mount_points().add_factory("/stream", factory)
    # By default it drops packets as soon as a hundred wait, as they do in any keyframe of 1080p; cameras do not.
    server.connect("client-connected", lambda _, client: client.set_property("drop-backlog", False))
    if server.attach(None) == 0:
        sys.exit(f"Port {options.port} cannot be opened: is another server using it?")
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", type=Path, nargs="+", help="MP4s with H.264, played one after the other")
    source.add_argument("--pattern", action="store_true", help="a live test pattern")
    source.add_argument("--audio-only", action="store_true", help="a live tone without a picture")
    parser.add_argument("--loop", action="store_true", help="start the files again at their end")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--digest", action="store_true", help="digest instead of basic authentication")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    return parser.parse_args()


@dataclass(frozen=True)
class Picture:
    """One encoded picture; times are in nanoseconds from the start of the clip."""

    data: bytes
    shown_at: int
    decoded_at: int


def make_factory(options: argparse.Namespace) -> GstRtspServer.RTSPMediaFactory:
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(options.pattern)
    if options.pattern:
        factory.set_launch(f"( {PATTERN} )")
    elif options.audio_only:
        factory.set_launch(f"( {AUDIO_ONLY} )")
    else:
        clip = read_clips(options.file)
        factory.set_launch(f"( {FED} )")
        factory.connect("media-configure", lambda _, media: feed(media, clip, loop=options.loop))
    return factory


def read_clips(paths: list[Path]) -> list[Picture]:
    """The pictures of all clips, one clip after the other."""
    pictures: list[Picture] = []
    for path in paths:
        start = pictures[-1].shown_at + FRAME if pictures else 0
        pictures += [
            Picture(picture.data, picture.shown_at + start, picture.decoded_at + start) for picture in read_clip(path)
        ]
    return pictures


def read_clip(path: Path) -> list[Picture]:
    pipeline = Gst.parse_launch(
        f'filesrc location="{path.resolve(strict=True)}" ! qtdemux ! h264parse config-interval=-1 '
        f"! {BYTES} ! appsink name=sink sync=false"
    )
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    pictures: list[Picture] = []
    while sample := sink.emit("try-pull-sample", 10 * Gst.SECOND):
        buffer = sample.get_buffer()
        decoded_at = buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts
        pictures.append(Picture(buffer.extract_dup(0, buffer.get_size()), buffer.pts, decoded_at))
    pipeline.set_state(Gst.State.NULL)
    if not pictures:
        sys.exit(f"{path.name} cannot be served: it has to be an MP4 with H.264.")
    return pictures


def feed(media: GstRtspServer.RTSPMedia, clip: list[Picture], *, loop: bool) -> None:
    """Hands out the clip's pictures as one client's pipeline asks for them; the pipeline keeps real time."""
    source = media.get_element().get_by_name_recurse_up("source")
    passes = itertools.count() if loop else range(1)
    length = max(picture.shown_at for picture in clip) + FRAME
    pictures = ((picture, number * length) for number in passes for picture in clip)

    def on_need_data(source: Gst.Element, _: int) -> None:
        following = next(pictures, None)
        if following is None:
            source.emit("end-of-stream")
            return
        picture, start = following
        buffer = Gst.Buffer.new_wrapped(picture.data)
        buffer.pts, buffer.dts, buffer.duration = picture.shown_at + start, picture.decoded_at + start, FRAME
        source.emit("push-buffer", buffer)

    source.connect("need-data", on_need_data)


def require_password(
    server: GstRtspServer.RTSPServer, factory: GstRtspServer.RTSPMediaFactory, options: argparse.Namespace
) -> None:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if options.digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(options.user, options.password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


if __name__ == "__main__":
    main()
