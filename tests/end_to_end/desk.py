"""What comes to the watchlist desk: a registry's signed lists, and photographs dropped on a form."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import cv2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import BrowserContext, Locator, Page

from tests.end_to_end.deployment import Deployment

HEADER = "reference,name,category,basis,schools,photographs,photograph_digests,order_by,order_number"
# What is typed into the form for somebody banned: for a choice, how its words begin.
BANNED = {
    "name": "Jo Doe",
    "birth_date": "1980-05-17",
    "category": "Banned",
    "basis": "Order 17",
    "order_by": "a court",
    "order_number": "CV-17",
}


@dataclass(frozen=True, slots=True)
class Registry:
    """Lists people, each with a photograph of that name in `folder`, and signs the list."""

    folder: Path
    name: str = "County registry"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def setting(self) -> str:
        """As LOCKPORT_REGISTRY_KEYS has it."""
        return f"{self.name}={self.key.public_key().public_bytes_raw().hex()}"

    def issue(self, month: str, people: dict[str, str]) -> Path:
        """The list of a month: `people` are names by reference. Its signature lies beside it."""
        issued = self.folder / f"{month}.csv"
        issued.write_text("\n".join([HEADER, *(self._row(*each) for each in people.items())]))
        issued.with_suffix(".sig").write_bytes(self.key.sign(issued.read_bytes()))
        return issued

    def _row(self, reference: str, name: str) -> str:
        digest = hashlib.sha256((self.folder / f"{name}.jpg").read_bytes()).hexdigest()
        return f"{reference},{name},banned,Order {reference},every school,{name}.jpg,{digest},court,CV-{reference}"


def check_list(page: Page, registry: Registry, issued: Path, photographs: list[str]) -> Locator:
    """Choose the files on the open page and have them checked; what it then says."""
    page.fill("input[name=list_name]", registry.name)
    page.set_input_files("input[name=content]", issued)
    page.set_input_files("input[name=signature]", issued.with_suffix(".sig"))
    page.set_input_files("input[name=photographs]", [registry.folder / f"{name}.jpg" for name in photographs])
    page.get_by_role("button", name="Check the files").click()
    page.locator("#plan :is(h2, .errornote)").first.wait_for(timeout=60_000)
    return page.locator("#plan")


def told(page: Page) -> str:
    return page.locator(".messagelist").inner_text()


def open_entry(page: Page, district: Deployment, name: str) -> None:
    page.goto(f"{district.url}/admin/watchlist/entry/")
    page.get_by_role("link", name=name).click()
    page.wait_for_url("**/change/**")


def blurred(photograph: Path) -> Path:
    path = photograph.with_name("blurred.jpg")
    cv2.imwrite(str(path), cv2.GaussianBlur(cv2.imread(str(photograph)), (0, 0), 4))
    return path


def drop(page: Page, place: Locator, *files: Path) -> None:
    """Let go of files over a place: Chromium's own tools do as the system does when somebody drags them there."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    tools = page.context.new_cdp_session(page)
    carried = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind in ("dragEnter", "dragOver", "drop"):
        tools.send("Input.dispatchDragEvent", {"type": kind, "data": carried, **middle})


def note_failures(window: BrowserContext) -> list[str]:
    """What goes wrong from now on without a word on the page: a script that fails, an answer that is an error."""
    found: list[str] = []
    window.on("weberror", lambda error: found.append(str(error.error)))
    window.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found
