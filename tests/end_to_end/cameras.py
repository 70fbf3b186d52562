"""What the camera journeys film, and how they draw: two people side by side, by mouse and by keyboard."""

from pathlib import Path

import av
import cv2
import numpy as np
from playwright.sync_api import Locator, Page

from lockport.demo.clip import HEIGHT, WIDTH, cut_out, empty_corridor, pasted
from lockport.demo.faces import Face, packaged_faces
from watchlist.enrolment import examine

RATE = 10
SECONDS = 6  # of a clip: four with both people in the picture, two without anybody
FACE = 170  # pixels wide at most

LEFT, RIGHT = "Eileen Collins", "Grace Hopper"  # each keeps to that half of the picture


def photographs(folder: Path) -> dict[str, Path]:
    """The two people's photographs, as files to be enrolled: the pictures that the demonstration has, too."""
    found = {}
    for face in packaged_faces():
        found[face.name] = folder / f"{face.name}.jpg"
        cv2.imwrite(str(found[face.name]), face.picture)
    return found


def film_both(path: Path) -> Path:
    """An H.264 clip of both people coming nearer at once, one in each half of the picture."""
    faces = {face.name: face for face in packaged_faces()}
    heads = [_head(faces[LEFT]), _head(faces[RIGHT])]
    random, corridor = np.random.default_rng(0), empty_corridor()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "g": "10", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(SECONDS * RATE):
            progress = number / RATE / (SECONDS - 2)
            picture = corridor.copy()
            for (head, alpha), middle in zip(heads, (0.22, 0.78), strict=True):
                if progress < 1:
                    place = (WIDTH * (middle + 0.04 * (progress - 0.5)), HEIGHT * 0.42 + 4 * np.sin(number))
                    picture = pasted(picture, head, alpha, place, FACE * (0.6 + 0.4 * progress))
            grain = random.integers(-3, 4, (HEIGHT, WIDTH, 1), np.int16)
            noisy = np.clip(picture + grain, 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        container.mux(stream.encode())
    return path


def _head(face: Face) -> tuple[np.ndarray, np.ndarray]:
    seen = examine(cv2.imencode(".jpg", face.picture)[1].tobytes())
    return cut_out(cv2.imdecode(np.frombuffer(seen.jpeg, np.uint8), cv2.IMREAD_COLOR), seen.face)


def draw_with_the_mouse(page: Page, corners: list[tuple[float, float]], name: str) -> None:
    """Click the corners of a privacy mask, as shares of the picture, and keep it."""
    picture = page.locator("form[action$=areas] svg").bounding_box()
    for x, y in corners:
        page.mouse.click(picture["x"] + x * picture["width"], picture["y"] + y * picture["height"])
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Keep this area").click()
    page.locator("svg .area-privacy").wait_for()


def draw_with_the_keyboard(page: Page, corners: list[tuple[float, float]], name: str) -> None:
    """The same without touching the mouse: Tab, Enter, the arrows and Delete."""
    tab_to(page, page.get_by_role("button", name="Add a corner"))
    for number, (x, y) in enumerate(corners):
        page.keyboard.press("Enter")  # on the button first, and then on the corner before
        dot = page.locator("form[action$=areas] [data-handles] circle").nth(number)
        assert is_focused(dot), "a new corner is at hand at once"
        _push(page, dot, "cx", x * 1000, "ArrowRight", "ArrowLeft")
        _push(page, dot, "cy", y * 562, "ArrowDown", "ArrowUp")
    tab_to(page, page.get_by_label("Name"))
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.locator("svg .area-privacy").wait_for()


def _push(page: Page, dot: Locator, at: str, goal: float, more: str, less: str) -> None:
    """Steps of a twentieth of the picture, until the corner is as near as such steps come."""
    whole = 1000 if at == "cx" else 562
    steps = round((goal - float(dot.get_attribute(at))) / whole / 0.05)
    for _ in range(abs(steps)):
        page.keyboard.press(f"Shift+{more if steps > 0 else less}")


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until `wanted` has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if is_focused(wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {wanted}")


def is_focused(locator: Locator) -> bool:
    return locator.evaluate("element => element === document.activeElement")
