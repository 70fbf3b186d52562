"""Which addresses a camera may have, and that none of the refusals repeats what was typed."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cameras.addresses import AddressRefused, connection_check, parse_address, reason_to_refuse
from cameras.vision.sources import Address, SourceError
from cameras.vision.states import CameraState

SECRET = "s3cret-word"
LAN = "192.168.1.20"


def parse(
    text: str, *, folder: Path | None = None, development: bool = False, numbers: list[str] | None = None
) -> Address:
    """Parse with a name service that answers `numbers`; without them, a host stands for itself."""
    return parse_address(
        text,
        allowed_folder=folder,
        allow_private_development=development,
        resolve=lambda host, port: numbers if numbers is not None else [host],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    videos = tmp_path / "clips"
    videos.mkdir()
    (videos / "clip.mp4").write_bytes(b"")
    (tmp_path / "elsewhere.mp4").write_bytes(b"")
    return videos


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https", "RTSP"])
def test_a_camera_on_the_local_network_is_accepted(scheme):
    address = parse(f"{scheme}://viewer:{SECRET}@{LAN}:8554/live?channel=1")
    assert address == Address(scheme.lower(), "/live?channel=1", LAN, 8554, "viewer", SECRET)
    assert address.reveal() == f"{scheme.lower()}://viewer:{SECRET}@{LAN}:8554/live?channel=1"


@pytest.mark.parametrize("host", ["10.0.0.9", "172.16.3.4", LAN, "[fd12:3456::20]", "203.0.113.9"])
def test_private_and_public_networks_are_where_cameras_live(host):
    assert parse(f"rtsp://{host}/stream", numbers=[host.strip("[]")]).host == host.strip("[]")


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "127.8.9.10",
        "::1",
        "169.254.1.2",
        "fe80::1%eth0",
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "::",
        "240.0.0.1",
        "255.255.255.255",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_the_server_itself_link_local_multicast_and_metadata_are_refused(number):
    with pytest.raises(AddressRefused, match="leads to"):
        parse(f"rtsp://viewer:{SECRET}@camera.example/stream", numbers=[number])


def test_one_bad_number_among_good_ones_is_enough():
    with pytest.raises(AddressRefused, match="loopback"):
        parse("rtsp://camera.example/stream", numbers=[LAN, "127.0.0.1"])


@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]"])
def test_no_spelling_of_the_loopback_address_gets_through(spelling):
    with pytest.raises(AddressRefused, match="loopback|cannot be found"):
        parse_address(f"rtsp://{spelling}/stream", allowed_folder=None, allow_private_development=False)


@pytest.mark.parametrize("number", ["127.0.0.1", "::1", "169.254.1.2", "::ffff:127.0.0.1"])
def test_development_may_use_the_machine_itself(number):
    assert parse("rtsp://camera.example/stream", numbers=[number], development=True).host == "camera.example"


@pytest.mark.parametrize("number", ["169.254.169.254", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"])  # noqa: S104
def test_development_may_not_use_metadata_multicast_or_nothing(number):
    with pytest.raises(AddressRefused):
        parse("rtsp://camera.example/stream", numbers=[number], development=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter the camera's address"),
        (f"ftp://viewer:{SECRET}@{LAN}/", "begins with rtsp"),
        (f"concat://viewer:{SECRET}@{LAN}/", "begins with rtsp"),
        (f"rtsp://viewer:{SECRET}@", "no usable host"),
        (f"rtsp://viewer:{SECRET}@{LAN}:99999/", "port"),
        (f"rtsp://viewer:{SECRET}#1@{LAN}/", "%23"),
        (f"rtsp://viewer:/{SECRET}@{LAN}/", "%2F|cannot be found"),
        (f"rtsp://viewer:[{SECRET}@{LAN}/", "%5B"),
        (f"rtsp://{LAN}/\r\nAuthorization: {SECRET}", "control character"),
        (f"rtsp://{LAN}/#{SECRET}", "%23"),
        (f"/etc/{SECRET}.mp4", "no folder is set up"),
        ("usb:abc", "no folder is set up"),
    ],
)
def test_a_refusal_says_how_to_mend_it_and_never_repeats_what_was_typed(text, words):
    with pytest.raises(AddressRefused, match=words) as caught:
        parse_address(text, allowed_folder=None, allow_private_development=False, resolve=lambda host, port: [])
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


@example("[", "file://")
@example("", "rtsp://[")
@given(
    st.text(max_size=60), st.sampled_from(["", "rtsp://", "http://a:b@", "file://", "usb:", "rtsp://[", "rtsp://h:"])
)
def test_whatever_is_typed_is_accepted_or_refused_kindly(text, prefix):
    try:
        parse(prefix + text, numbers=[LAN])
    except AddressRefused as refusal:
        assert str(refusal).endswith(".")


def test_a_password_with_every_awkward_character_survives():
    password = "rose:tinted/p@ss#word%41?[]& é"
    typed = Address("rtsp", "/stream", LAN, 554, "viewer", password).reveal()
    assert parse(typed).password == password
    assert not set("#?[] ") & set(typed)


def test_neither_text_nor_repr_shows_credentials_path_or_query():
    address = parse(f"rtsp://viewer:{SECRET}@{LAN}:554/user=admin_password={SECRET}?password={SECRET}")
    for shown in (str(address), repr(address), f"{address}", f"{[address]}"):
        assert LAN in shown
        assert not any(word in shown for word in (SECRET, "viewer", "admin"))


def test_a_usb_camera_is_named_by_its_number():
    address = parse("usb:2")
    assert address.reveal() == "/dev/video2"
    assert str(address) == "usb:2"


@pytest.mark.parametrize("name", ["clip.mp4", "{folder}/clip.mp4", "file://{folder}/clip.mp4", "../clips/clip.mp4"])
def test_a_video_file_in_the_allowed_folder_is_accepted(folder, name):
    address = parse(name.format(folder=folder), folder=folder)
    assert address.is_file
    assert Path(address.reveal()) == folder / "clip.mp4"


@pytest.mark.parametrize(
    "name", ["../elsewhere.mp4", "{folder}/../elsewhere.mp4", "/etc/passwd", "link.mp4", "missing.mp4", ".", "a\0b.mp4"]
)
def test_no_path_leads_out_of_the_allowed_folder(folder, name):
    (folder / "link.mp4").symlink_to(folder.parent / "elsewhere.mp4")
    with pytest.raises(AddressRefused, match="no such video file|control character"):
        parse(name.format(folder=folder), folder=folder)


def test_a_file_that_is_no_video_is_refused(folder):
    (folder / "notes.txt").write_text("")
    with pytest.raises(AddressRefused, match="not a video"):
        parse("notes.txt", folder=folder)


def test_a_name_that_points_elsewhere_later_is_refused_at_the_next_connection():
    numbers = [LAN]
    check = connection_check(
        allowed_folder=None, allow_private_development=False, resolve=lambda host, port: list(numbers)
    )
    address = parse("rtsp://camera.example/stream", numbers=numbers)
    assert check(address).reveal() == f"rtsp://{LAN}/stream", "the connection goes to the number that was checked"
    numbers[:] = ["127.0.0.1"]
    with pytest.raises(AddressRefused, match="loopback"):
        check(address)


def test_a_name_that_is_not_found_for_a_while_means_an_unreachable_camera_and_no_bad_address():
    address = parse("rtsp://camera.example/stream", numbers=[LAN])
    check = connection_check(allowed_folder=None, allow_private_development=False, resolve=lambda host, port: [])
    with pytest.raises(SourceError) as caught:
        check(address)
    assert caught.value.state is CameraState.UNREACHABLE


def test_a_file_that_became_a_link_to_elsewhere_is_refused_at_the_next_connection(folder):
    check = connection_check(allowed_folder=folder, allow_private_development=False)
    address = parse("clip.mp4", folder=folder)
    assert check(address) == address
    (folder / "clip.mp4").unlink()
    (folder / "clip.mp4").symlink_to(folder.parent / "elsewhere.mp4")
    with pytest.raises(AddressRefused):
        check(address)


@given(st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="169.254.0.0/16"))
def test_a_bad_ipv4_address_is_bad_inside_ipv6_too(number):
    for spelling in (f"{number}", f"::ffff:{number}", f"64:ff9b::{number}"):
        assert reason_to_refuse(spelling, allow_private_development=False)
