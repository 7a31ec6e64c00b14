"""report.html in a real browser: it plays, follows, finds, and reads well where it cannot."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser import meeting
from tests.browser.conftest import OpenBrowser, complaints, publish

pytestmark = pytest.mark.browser

PATIENCE = 15
"""Seconds to wait for something to become true."""


def page_url(address: str) -> str:
    return f"{address}/published/report.html"


@pytest.fixture
def page(browser: Chrome, address: str) -> Chrome:
    """The report, its sound ready."""
    browser.get(page_url(address))
    wait(browser, "document.getElementById('sound').readyState >= 1")
    return browser


def wait(browser: Chrome, condition: str) -> None:
    """Until a JavaScript expression is true."""
    WebDriverWait(browser, PATIENCE, 0.05).until(
        lambda driver: driver.execute_script(f"return Boolean({condition})"), condition
    )


def sound_time(browser: Chrome) -> float:
    return float(browser.execute_script("return document.getElementById('sound').currentTime"))


def highlighted(browser: Chrome, name: str) -> list[str]:
    script = "return [...CSS.highlights.get(arguments[0])].map(range => range.toString())"
    return list(browser.execute_script(script, name))


def click_word(browser: Chrome, word: str, *, near: str) -> None:
    """Click into the middle of a word of the turn that holds the text `near`."""
    script = """
        const [near, word] = arguments;
        const all = [...document.querySelectorAll(".said")];
        const said = all.find(p => p.textContent.includes(near));
        said.scrollIntoView({block: "center", behavior: "instant"});
        const at = said.textContent.indexOf(word, said.textContent.indexOf(near));
        const range = document.createRange();
        range.setStart(said.firstChild, at);
        range.setEnd(said.firstChild, at + word.length);
        const box = range.getBoundingClientRect();
        return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
    """
    x, y = browser.execute_script(script, near, word)
    actions = ActionChains(browser)
    pointer = actions.w3c_actions.pointer_action
    pointer.move_to_location(x, y)  # type: ignore[no-untyped-call]
    pointer.click()
    actions.perform()


def start_of(sample: Path, text: str) -> float:
    """When the reference says that a line begins."""
    return next(line.start for line in meeting.sample_lines(sample) if text in line.text)


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def is_in_view(browser: Chrome, text: str) -> bool:
    script = """
        const all = [...document.querySelectorAll(".said")];
        const said = all.find(p => p.textContent.includes(arguments[0]));
        const box = said.getBoundingClientRect();
        return box.top >= document.getElementById("dock").getBoundingClientRect().bottom - 1
            && box.top < innerHeight;
    """
    return bool(browser.execute_script(script, text))


def emulate(browser: Chrome, **features: str) -> None:
    media = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})


def resize(browser: Chrome, width: int, height: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def test_the_page_runs_without_a_complaint(page: Chrome) -> None:
    assert complaints(page) == []


def test_clicking_a_word_jumps_to_it(page: Chrome, sample: Path) -> None:
    click_word(page, "received", near="We received forty complaints")
    start = start_of(sample, "We received forty")
    assert start < sound_time(page) < start + 1
    assert highlighted(page, "word") == ["received"]
    turn = page.find_element(By.CSS_SELECTOR, ".turn.current")
    assert "forty complaints" in turn.text
    assert page.current_url.endswith(f"#t={sound_time(page):.2f}")


def test_playing_moves_the_highlight_from_word_to_word(page: Chrome) -> None:
    click_word(page, "Good", near="Good morning everyone")
    page.find_element(By.ID, "play").click()
    wait(page, "document.getElementById('sound').currentTime > 2.5")
    seen = highlighted(page, "word")
    assert len(seen) == 1
    assert seen[0] in "Good morning everyone. Let's get started with the weekly product meeting."
    assert seen != ["Good"]
    assert page.find_element(By.ID, "play").get_attribute("aria-label") == "Pause"
    played = page.execute_script(
        "return Number(document.getElementById('played-part').getAttribute('width'))"
    )
    assert played > 255 * 2 / 149
    page.find_element(By.ID, "play").click()
    wait(page, "document.getElementById('sound').paused")


def test_the_page_follows_the_sound_until_somebody_scrolls(page: Chrome) -> None:
    page.execute_script("document.getElementById('sound').currentTime = 119")
    page.find_element(By.ID, "play").click()
    wait(page, "document.querySelector('.turn.current')?.textContent.includes('The last topic')")
    WebDriverWait(page, PATIENCE, 0.05).until(lambda _: is_in_view(page, "The last topic is"))
    follow = page.find_element(By.ID, "follow")
    assert not follow.is_displayed()

    middle = ScrollOrigin.from_viewport(600, 500)
    ActionChains(page).scroll_from_origin(middle, 0, -600).perform()
    wait(page, "!document.getElementById('follow').hidden")
    before = page.execute_script("return scrollY")
    moment = sound_time(page)
    wait(page, f"document.getElementById('sound').currentTime > {moment + 1}")
    assert page.execute_script("return scrollY") == pytest.approx(before, abs=600)

    follow.click()
    wait(page, "document.getElementById('follow').hidden")
    WebDriverWait(page, PATIENCE, 0.05).until(
        lambda driver: driver.execute_script(
            "const box = [...CSS.highlights.get('word')][0].getBoundingClientRect();"
            "return box.top > 0 && box.bottom < innerHeight"
        )
    )
    page.find_element(By.ID, "play").click()


def test_search_counts_highlights_and_goes_through_the_hits(page: Chrome) -> None:
    press(page, "/")
    press(page, "BUTTON")
    hits = page.find_element(By.ID, "hits")
    wait(page, "document.getElementById('hits').textContent === '1 of 4'")
    assert highlighted(page, "hit") == ["button"] * 4
    assert is_in_view(page, "forty complaints")
    press(page, Keys.ENTER)
    assert hits.text == "2 of 4"
    page.find_element(By.ID, "previous").click()
    page.find_element(By.ID, "previous").click()
    assert hits.text == "4 of 4"
    assert highlighted(page, "current-hit") == ["button"]
    page.find_element(By.ID, "query").send_keys(Keys.ESCAPE)
    assert (hits.text, highlighted(page, "hit")) == ("", [])


def test_search_says_when_there_is_nothing(page: Chrome) -> None:
    page.find_element(By.ID, "query").send_keys("xylophone")
    wait(page, "document.getElementById('hits').textContent === 'no hits'")
    assert not page.find_element(By.ID, "next").is_enabled()


def test_keys_play_and_jump(page: Chrome) -> None:
    page.execute_script("document.getElementById('sound').currentTime = 60")
    press(page, Keys.ARROW_RIGHT)
    assert sound_time(page) == pytest.approx(65, abs=0.1)
    press(page, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert sound_time(page) == pytest.approx(55, abs=0.1)
    press(page, Keys.SPACE)
    wait(page, "!document.getElementById('sound').paused")
    press(page, Keys.SPACE)
    wait(page, "document.getElementById('sound').paused")


def test_buttons_jump_ten_seconds_and_change_the_speed(page: Chrome) -> None:
    page.execute_script("document.getElementById('sound').currentTime = 30")
    page.find_element(By.ID, "forward").click()
    page.find_element(By.ID, "forward").click()
    page.find_element(By.ID, "back").click()
    assert sound_time(page) == pytest.approx(40, abs=0.1)
    page.find_element(By.CSS_SELECTOR, "#speed option[value='1.5']").click()
    assert page.execute_script("return document.getElementById('sound').playbackRate") == 1.5


def test_clicking_the_waveform_jumps_there(page: Chrome) -> None:
    seek = page.find_element(By.ID, "seek")
    ActionChains(page).move_to_element_with_offset(
        seek, seek.size["width"] // 4, 0
    ).click().perform()
    assert sound_time(page) == pytest.approx(0.75 * 148.939, abs=1.0)
    WebDriverWait(page, PATIENCE, 0.05).until(lambda _: is_in_view(page, "Good point, David."))


@pytest.mark.parametrize(
    ("selector", "text", "seconds"),
    [
        (".topics li:nth-child(3) a", "The third topic is hiring.", 85.0),
        (".tasks li:nth-child(2) .time", "I can put the export button", 71.0),
        (".decisions li:nth-child(1) .time", "Then it is decided.", 43.0),
        (".mark:nth-of-type(4)", "The last topic is the budget.", 119.0),
    ],
    ids=["a topic", "a next step", "a decision", "a mark on the waveform"],
)
def test_links_jump_into_the_recording(
    page: Chrome, selector: str, text: str, seconds: float
) -> None:
    link = page.find_element(By.CSS_SELECTOR, selector)
    page.execute_script("(arguments[0].querySelector('span') ?? arguments[0]).click()", link)
    assert sound_time(page) == pytest.approx(seconds, abs=1.5)
    WebDriverWait(page, PATIENCE, 0.05).until(lambda _: is_in_view(page, text))


@pytest.mark.parametrize("moment", ["62", "62.00", "1:02"])
def test_a_deep_link_opens_at_its_moment(browser: Chrome, address: str, moment: str) -> None:
    browser.get(f"{page_url(address)}#t={moment}")
    wait(browser, "document.getElementById('sound').readyState >= 1")
    assert sound_time(browser) == pytest.approx(62, abs=0.1)
    WebDriverWait(browser, PATIENCE, 0.05).until(lambda _: is_in_view(browser, "forty complaints"))


def test_the_link_to_a_moment_can_be_copied(page: Chrome, address: str) -> None:
    page.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"origin": address, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    page.execute_script("document.getElementById('sound').currentTime = 83")
    page.find_element(By.ID, "copy").click()
    wait(page, "document.getElementById('toast').textContent === 'Link to 1:23 copied'")
    copied = page.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == f"{page_url(address)}#t=83.0"


def test_echoes_are_hidden_until_they_are_asked_for(page: Chrome) -> None:
    echo = page.find_element(By.CSS_SELECTOR, ".echo")
    assert not echo.is_displayed()
    page.find_element(By.ID, "show-echoes").click()
    assert echo.is_displayed()
    assert "microphone also picked up: Thanks all." in echo.text.replace("“", "").replace("”", "")


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_width_needs_scrolling_sideways(browser: Chrome, address: str, width: int) -> None:
    resize(browser, width, 844)
    browser.get(page_url(address))
    wait(browser, "document.getElementById('sound').readyState >= 1")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    dock = browser.find_element(By.ID, "dock")
    assert dock.size["height"] <= 130
    for control in ("play", "back", "forward", "speed", "copy"):
        box = browser.find_element(By.ID, control).rect
        assert box["x"] >= 0, control
        assert box["x"] + box["width"] <= width, control


def test_on_a_phone_the_search_opens_with_its_button(browser: Chrome, address: str) -> None:
    resize(browser, 390, 844)
    browser.get(page_url(address))
    query = browser.find_element(By.ID, "query")
    assert not query.is_displayed()
    browser.find_element(By.ID, "open-search").click()
    query.send_keys("budget")
    wait(browser, "document.getElementById('hits').textContent === '1 of 1'")


def test_dark_and_light_follow_the_system(page: Chrome) -> None:
    def brightness() -> int:
        colour = page.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
        return int(colour.split("(")[1].split(",")[0])

    emulate(page, prefers_color_scheme="light")
    assert brightness() > 200
    emulate(page, prefers_color_scheme="dark")
    assert brightness() < 50


def test_reduced_motion_scrolls_at_once(page: Chrome) -> None:
    emulate(page, prefers_reduced_motion="reduce")
    page.execute_script("location.hash = '#t=100'")
    wait(page, "document.querySelector('.turn.current')")
    assert is_in_view(page, "I can join the interviews")


def test_printing_leaves_the_controls_out(page: Chrome) -> None:
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for control in ("play", "query", "copy"):
        assert not page.find_element(By.ID, control).is_displayed()
    assert page.find_element(By.CSS_SELECTOR, ".said").is_displayed()
    assert page.find_element(By.CSS_SELECTOR, ".wave svg").is_displayed()


def assert_complete(browser: Chrome, sample: Path) -> None:
    """All that can be read is there, and nothing that cannot work."""
    text = browser.find_element(By.TAG_NAME, "body").text
    for line in meeting.sample_lines(sample):
        assert line.text in text
    for expected in ("Summary", "Decisions", "Next steps", "Hiring for the backend position"):
        assert expected in text
    assert browser.find_element(By.CSS_SELECTOR, ".wave svg").is_displayed()
    for control in browser.find_elements(
        By.CSS_SELECTOR, "button, select, input:not(#show-echoes)"
    ):
        assert not control.is_displayed()
    browser.find_element(By.CSS_SELECTOR, ".topics li:nth-child(4) a").click()
    WebDriverWait(browser, PATIENCE, 0.05).until(
        lambda driver: 0 <= driver.find_element(By.ID, "topic-4").rect["y"] - _scroll(driver) < 900
    )


def _scroll(browser: Chrome) -> float:
    return float(browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssVisualViewport"]["pageY"])


def test_without_javascript_the_page_is_complete(
    open_browser: OpenBrowser, address: str, sample: Path
) -> None:
    browser = open_browser()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page_url(address))
    assert_complete(browser, sample)


def test_under_the_policy_of_the_argo_ui_the_page_is_complete(
    browser: Chrome, address: str, sample: Path
) -> None:
    browser.get(page_url(f"{address}/sealed"))
    assert_complete(browser, sample)


def test_sound_that_is_gone_leaves_no_dead_controls(
    browser: Chrome, meeting_folder: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    report = (meeting_folder / "published" / "report.html").read_bytes()
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "report.html").write_bytes(report)
    browser.get(page_url(serve(tmp_path)))
    wait(browser, "document.getElementById('play').offsetParent === null")
    assert "could not be loaded" in browser.find_element(By.ID, "toast").text
    click_word(browser, "received", near="We received forty complaints")
    assert "forty complaints" in browser.find_element(By.CSS_SELECTOR, ".turn.current").text


def test_a_file_opened_from_disk_plays(browser: Chrome, meeting_folder: Path) -> None:
    browser.get((meeting_folder / "published" / "report.html").as_uri())
    wait(browser, "document.getElementById('sound').readyState >= 1")
    click_word(browser, "hiring", near="The third topic is hiring")
    assert sound_time(browser) > 85


def test_three_hours_stay_usable(
    browser: Chrome,
    sample: Path,
    meeting_folder: Path,
    tmp_path: Path,
    serve: Callable[[Path], str],
) -> None:
    meeting.write_tracks(
        tmp_path, meeting.repeated(meeting.sample_lines(sample), 100), duration=15_000.0
    )
    (tmp_path / "mix.mp3").write_bytes((meeting_folder / "mix.mp3").read_bytes())
    report = publish(tmp_path, "audio-href=../mix.mp3")
    assert report.stat().st_size < 6_000_000
    browser.get(page_url(serve(tmp_path)))
    loaded = browser.execute_script(
        "return performance.getEntriesByType('navigation')[0].loadEventEnd"
    )
    assert loaded < 3000
    jump = browser.execute_async_script(
        """
        const done = arguments[0];
        const start = performance.now();
        location.hash = "#t=9000";
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
        """
    )
    assert jump < 1000
    browser.find_element(By.ID, "query").send_keys("button")
    wait(browser, "document.getElementById('hits').textContent === '1 of 400'")
