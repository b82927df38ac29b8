"""The demo as a visitor meets it: the chat page in a real browser, the real bot behind it."""

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

from mnist_model.dataset import load_test_split

ROOT = Path(__file__).parents[1]
START_SECONDS = 90  # the bot loads its model first, on a machine that may be busy
PATIENCE_MS = 30_000

# No sandbox, since CI runs as root; and nothing that a browser does on the network by itself.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A 3 as a hand draws it, as shares of the pad's width and height.
THREE = [(0.38, 0.22), (0.50, 0.14), (0.61, 0.22), (0.59, 0.38), (0.48, 0.46)]
THREE += [(0.61, 0.53), (0.65, 0.70), (0.54, 0.85), (0.37, 0.80)]

visitors = count(2001)  # each test is a visitor of its own, with an empty chat


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of a running demo; Ctrl-C must end it cleanly."""
    command = [sys.executable, "scripts/demo.py", "--port", "0", "--no-browser"]
    # S603: the command is spelled out above.
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    with process:
        overdue = threading.Timer(START_SECONDS, process.kill)
        overdue.start()
        assert process.stdout is not None
        addresses = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stdout)
        address = next((found.group() for found in addresses if found), None)
        overdue.cancel()
        assert address, f"The demo ended without an address, or had none in {START_SECONDS} s."
        yield address
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("There is no chromium on this machine. `make browser` installs Debian's.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that provokes a complaint clears it."""
    return []


@pytest.fixture
def page(browser: Browser, demo: str, complaints: list[str]) -> Iterator[Page]:
    """The chat page of a new visitor, connected; whatever the browser complains of fails."""

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", note)
    page.goto(f"{demo}#chat={next(visitors)}")
    expect(page.get_by_role("button", name="Start")).to_be_visible(timeout=PATIENCE_MS)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def photo_of_a_7() -> FilePayload:
    """The first MNIST test digit as dark ink on light paper, unevenly lit."""
    digit = load_test_split().images[0]
    ink = cv2.resize(digit, (420, 420), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    paper = np.tile(np.linspace(235, 205, 900), (700, 1))
    paper[150:570, 240:660] *= 1 - 0.8 * ink
    jpeg = cv2.imencode(".jpg", paper.astype(np.uint8))[1].tobytes()
    return {"name": "seven.jpg", "mimeType": "image/jpeg", "buffer": jpeg}


def replies(page: Page) -> Locator:
    return page.locator('.message[data-side="bot"]')


def expect_reply(page: Page, text: str | re.Pattern[str], position: int = 0) -> None:
    expect(replies(page).nth(position)).to_contain_text(text, timeout=PATIENCE_MS)


def send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def draw(page: Page, shares: list[tuple[float, float]]) -> None:
    """One stroke on the open pad, with the mouse."""
    pad = page.locator("#canvas").bounding_box()
    assert pad is not None
    points = [(pad["x"] + x * pad["width"], pad["y"] + y * pad["height"]) for x, y in shares]
    page.mouse.move(*points[0])
    page.mouse.down()
    for _, point in pairwise(points):
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def test_an_uploaded_photo_is_read_and_the_reply_quotes_it(
    page: Page, photo_of_a_7: FilePayload
) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Send a photo or file").click()
    chooser.value.set_files(photo_of_a_7)
    page.get_by_role("button", name="Send", exact=True).click()
    expect_reply(page, "I read 7")
    expect(replies(page).first.locator(".quote")).to_contain_text("Photo")


def test_a_photo_sent_as_a_file_is_read_too(page: Page, photo_of_a_7: FilePayload) -> None:
    page.locator("#file").set_input_files(photo_of_a_7)
    page.get_by_label("Send as file").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect_reply(page, "I read 7")
    expect(page.locator('.message[data-side="mine"] .document-name')).to_have_text("seven.jpg")


def test_a_3_drawn_on_the_pad_is_read_as_3(page: Page) -> None:
    page.get_by_role("button", name="Draw digits").click()
    draw(page, THREE)
    page.get_by_role("button", name="Send drawing").click()
    expect_reply(page, "I read 3")


def test_light_ink_on_dark_paper_is_read_as_well_and_undo_takes_a_stroke_back(page: Page) -> None:
    page.get_by_role("button", name="Draw digits").click()
    page.get_by_role("button", name="Dark paper").click()
    draw(page, THREE)
    draw(page, [(0.1, 0.1), (0.9, 0.9)])
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Send drawing").click()
    expect_reply(page, "I read 3")


def test_undo_while_a_stroke_is_drawn_ends_it(page: Page) -> None:
    page.get_by_role("button", name="Draw digits").click()
    page.locator("#canvas").hover()
    page.mouse.down()
    page.keyboard.press("Control+z")
    page.locator("#canvas").hover(position={"x": 5, "y": 5})
    page.mouse.up()
    expect(page.get_by_role("button", name="Send drawing")).to_be_disabled()
    draw(page, THREE)
    page.get_by_role("button", name="Send drawing").click()
    expect_reply(page, "I read 3")


def test_two_digits_come_back_as_a_picture_that_can_be_enlarged(page: Page) -> None:
    page.get_by_role("button", name="Draw digits").click()
    draw(page, [(x - 0.2, y) for x, y in THREE])
    draw(page, [(0.75, 0.15), (0.73, 0.85)])
    page.get_by_role("button", name="Send drawing").click()
    expect_reply(page, re.compile("31"))
    replies(page).first.get_by_role("button", name="Photo from").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()


def test_each_sample_digit_is_read_as_what_it_shows(page: Page) -> None:
    for digit in range(10):
        page.get_by_role("button", name="Draw digits").click()
        page.get_by_role("button", name=f"Put a {digit}").click()
        page.get_by_role("button", name="Send drawing").click()
        expect_reply(page, f"I read {digit}", position=digit)


def test_a_sample_of_two_lines_comes_back_with_its_digits_marked(page: Page) -> None:
    page.get_by_role("button", name="Send two lines of digits").click()
    expect_reply(page, re.compile("472.*190", re.DOTALL))
    expect(replies(page).first.get_by_role("button", name="Photo from")).to_be_visible()


def test_sample_digits_are_put_beside_each_other(page: Page) -> None:
    page.get_by_role("button", name="Draw digits").click()
    for digit in (4, 2, 7, 1, 9):
        page.get_by_role("button", name=f"Put a {digit}").click()
    page.get_by_role("button", name="Send drawing").click()
    expect_reply(page, re.compile("4271.*9", re.DOTALL))


def test_a_browser_that_keeps_nothing_shows_the_page_all_the_same(page: Page) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException(); } })"
    )
    page.reload()
    theme = page.get_by_role("button", name="Dark theme")
    before = theme.get_attribute("aria-pressed")
    theme.click()
    expect(theme).not_to_have_attribute("aria-pressed", str(before))
    send(page, "/stats")
    expect_reply(page, "95 % interval")


def test_what_cannot_be_read_from_the_disk_is_told(
    page: Page, tmp_path: Path, complaints: list[str]
) -> None:
    gone = tmp_path / "gone.png"
    gone.write_bytes(b"a picture")
    page.locator("#file").set_input_files(gone)
    gone.unlink()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("“gone.png” can't be read")
    complaints.clear()  # Chromium notes the missing file in the console


def test_the_keyboard_reaches_the_commands_and_goes_on_after_the_welcome(page: Page) -> None:
    page.get_by_role("button", name="Start").press("Enter")
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.locator("#scroller")).to_be_focused()
    page.get_by_role("button", name="Commands").press("Enter")
    expect(page.locator("#commands button").first).to_be_focused()


def test_the_keyboard_stays_in_the_chat_when_the_button_it_pressed_is_gone(page: Page) -> None:
    send(page, "/forget")
    keep = replies(page).first.get_by_role("button", name="No, change nothing")
    keep.press("Enter")
    expect(keep).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.locator("#scroller")).to_be_focused()


def test_what_was_written_is_not_lost(page: Page, complaints: list[str]) -> None:
    written = page.get_by_role("textbox", name="Message")
    written.fill("A draft")
    page.get_by_role("button", name="Commands").click()
    page.get_by_role("button", name="/help").last.click()
    expect(replies(page)).to_have_count(1, timeout=PATIENCE_MS)
    expect(written).to_have_value("A draft")
    send(page, "7" * 4097)
    expect(page.get_by_role("status")).to_contain_text("send this in parts")
    expect(written).to_have_value("7" * 4097)
    complaints.clear()  # Chromium notes each 400 in the console


def test_start_offers_buttons_and_pressing_one_is_answered(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    replies(page).first.get_by_role("button", name="Statistics").click()
    expect_reply(page, re.compile(r"Accuracy: \d\d\.\d\d"), position=1)


def test_stats_can_be_typed_or_picked_from_the_menu(page: Page) -> None:
    send(page, "/stats")
    expect_reply(page, "95 % interval")
    page.get_by_role("button", name="Commands").click()
    page.get_by_role("button", name="/stats").last.click()
    expect_reply(page, "95 % interval", position=1)


def test_what_looks_like_markup_is_shown_as_text(page: Page) -> None:
    text = "<img src=x onerror=alert(1)> <b>7</b>"
    send(page, text)
    expect(page.locator('.message[data-side="mine"] .text')).to_have_text(text)


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(
    page: Page, complaints: list[str]
) -> None:
    notes: FilePayload = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.locator("#file").set_input_files(notes)
    page.get_by_label("Send as file").uncheck()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("can't be opened as a picture")
    complaints.clear()  # Chromium notes each 400 in the console


def test_a_dialog_closed_during_an_upload_can_be_used_again(
    page: Page, photo_of_a_7: FilePayload
) -> None:
    held: list[Route] = []
    page.route("**/photo", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    page.locator("#file").set_input_files(photo_of_a_7)
    with page.expect_request("**/photo"):
        page.get_by_role("button", name="Send", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()
    page.locator("#file").set_input_files([photo_of_a_7, photo_of_a_7])
    held[0].continue_()
    page.unroute("**/photo")
    expect_reply(page, "I read 7")
    expect(page.get_by_role("heading", name="Send 2 photos")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect_reply(page, "Photo 2: I read 7", position=1)


def test_a_lost_connection_is_told_and_mended(page: Page, complaints: list[str]) -> None:
    page.route("**/events", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("reconnects by itself")
    page.unroute("**/events")
    expect(page.get_by_role("button", name="Start")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("alert")).to_be_hidden()
    complaints.clear()  # Chromium notes the lost line in the console


def test_a_narrow_phone_shows_all_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Start").click()
    expect(replies(page)).to_have_count(1, timeout=PATIENCE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Draw digits").click()
    expect(page.get_by_role("button", name="Send drawing")).to_be_in_viewport()
