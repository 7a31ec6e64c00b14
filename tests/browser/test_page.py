"""The gateway's page in a real browser, against the real service."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    DeliveredReason,
    DeliveryPhase,
    Phase,
)
from tests.browser.conftest import complaints, publish
from tests.browser.gateway import (
    ARGO,
    DIFFERENT,
    REFUSED,
    Office,
    a_condition,
    a_delivery,
    report_afterwards,
    report_running,
    running_office,
)
from tests.integration.gateway.world import ALL_DONE, OWNER, READER
from tests.unit.gateway.jobs import a_version

pytestmark = pytest.mark.browser

PATIENCE = 15
_GONE = (NoSuchElementException, StaleElementReferenceException)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, meeting_folder: Path) -> Iterator[Office]:
    meeting = tmp_path_factory.mktemp("bucket") / "meeting"
    shutil.copytree(meeting_folder, meeting)
    publish(meeting, "audio-href=mix.mp3")
    with running_office(tmp_path_factory.mktemp("office"), meeting) as serving:
        yield serving


def sign_in(browser: webdriver.Chrome, office: Office, token: str) -> None:
    browser.get(office.url)
    browser.execute_script(f"sessionStorage.setItem('multitrack-token', '{token}')")
    browser.get(office.url)
    until(browser, ".job")


@pytest.fixture
def page(browser: webdriver.Chrome, office: Office) -> webdriver.Chrome:
    """Olga, who may do everything, has signed in and sees the list."""
    sign_in(browser, office, OWNER)
    return browser


def until(browser: webdriver.Chrome, selector: str, text: str = "") -> WebElement:
    """Await an element that is shown and says that."""

    def found(_: Any) -> WebElement | None:
        for each in browser.find_elements(By.CSS_SELECTOR, selector):
            if each.is_displayed() and text in each.text:
                return each
        return None

    waiting: WebDriverWait[webdriver.Chrome] = WebDriverWait(
        browser, PATIENCE, 0.05, ignored_exceptions=_GONE
    )
    shown = waiting.until(found, f"no {selector} that says {text!r}")
    assert shown is not None
    return shown


def wait(browser: webdriver.Chrome, condition: str) -> None:
    """Until a JavaScript expression is true."""
    WebDriverWait(browser, PATIENCE, 0.05).until(
        lambda driver: driver.execute_script(f"return Boolean({condition})"), condition
    )


def open_job(browser: webdriver.Chrome, title: str) -> None:
    until(browser, ".job", title).click()
    until(browser, "h1", title)
    until(browser, ".step")


def titles(browser: webdriver.Chrome) -> list[str]:
    return [each.text for each in browser.find_elements(By.CSS_SELECTOR, ".job .title")]


def resize(browser: webdriver.Chrome, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_who_has_no_token_is_asked_for_one(browser: webdriver.Chrome, office: Office) -> None:
    browser.get(office.url)
    browser.execute_script("sessionStorage.clear()")
    browser.get(office.url)
    until(browser, "#sign-in h2", "Sign in")
    browser.find_element(By.ID, "token").send_keys("made-up", Keys.ENTER)
    until(browser, "#sign-in-problem", "not valid")
    browser.find_element(By.ID, "token").send_keys(OWNER, Keys.ENTER)
    until(browser, ".job", "Monday standup")
    assert until(browser, "#user").text == "olga"
    assert OWNER not in browser.current_url
    until(browser, "#sign-out").click()
    until(browser, "#sign-in h2", "Sign in")


def test_jobs_are_found_by_words_and_state_and_the_address_keeps_it(page: webdriver.Chrome) -> None:
    assert len(titles(page)) == 7
    page.find_element(By.ID, "text").send_keys("meet")
    wait(page, "document.querySelectorAll('.job').length === 1")
    assert titles(page) == ["Board meeting"]
    assert "text=meet" in page.current_url
    page.find_element(By.ID, "text").clear()
    page.find_element(By.ID, "text").send_keys(Keys.SPACE, Keys.BACKSPACE)
    page.find_element(By.CSS_SELECTOR, "#phase option[value=Running]").click()
    wait(page, "document.querySelectorAll('.job').length === 1")
    page.refresh()
    until(page, ".job", "Weekly planning")
    assert titles(page) == ["Weekly planning"]


def test_a_running_job_is_followed_live(page: webdriver.Chrome, office: Office) -> None:
    report_running(office.world, 40)
    open_job(page, "Weekly planning")
    carol = until(page, ".step.running .track", "Carol")
    assert "40 %" in carol.text
    report_running(office.world, 73)
    until(page, ".track", "73 %")
    assert page.find_element(By.LINK_TEXT, "Open in Argo").get_attribute("href") == ARGO
    done = page.find_element(By.CSS_SELECTOR, ".step.completed").text
    assert done.splitlines()[1] == "Get the recording"


def test_lines_join_what_follows_each_other(page: webdriver.Chrome) -> None:
    open_job(page, "Weekly planning")
    wait(page, "document.querySelectorAll('.dag .line').length >= 9")
    order = [each.text for each in page.find_elements(By.CSS_SELECTOR, ".step-name > span + span")]
    assert order.index("Tell voices apart") < order.index("Measure the waveform")


def test_a_lost_connection_is_said_and_mended(page: webdriver.Chrome, office: Office) -> None:
    open_job(page, "Weekly planning")
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    page.execute_cdp_cmd("Network.enable", {})
    page.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    page.execute_script("dispatchEvent(new Event('visibilitychange'))")
    page.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    until(page, ".notice.global", "does not answer")
    page.execute_cdp_cmd("Network.emulateNetworkConditions", {**offline, "offline": False})
    report_running(office.world, 81)
    until(page, ".track", "81 %")
    complaints(page)


def test_a_failure_is_one_sentence_with_its_log_and_can_be_tried_again(
    page: webdriver.Chrome, office: Office
) -> None:
    open_job(page, "Board meeting")
    notice = until(page, ".notice.bad", "Align tracks failed for Ben.")
    assert "record or export the track again" in notice.text
    log = notice.find_element(By.TAG_NAME, "a").get_attribute("href")
    assert log == f"{ARGO}?nodeId=1"
    until(page, "button.primary", "Try again").click()
    office.world.kubernetes.wait(lambda: office.world.spec("board-meeting").get("attempt") == 2)


def test_cancelling_asks_first(page: webdriver.Chrome, office: Office) -> None:
    open_job(page, "Interview with Anna")
    until(page, "button", "Cancel").click()
    until(page, "#confirm", "It stops for good")
    until(page, "#confirm button", "Back").click()
    assert not office.world.spec("interview-anna").get("cancel")
    until(page, "[data-key=cancel]").click()
    until(page, "#confirm-yes", "Cancel the job").click()
    office.world.kubernetes.wait(lambda: office.world.spec("interview-anna").get("cancel"))
    wait(page, "!document.querySelector('[data-key=cancel]')")


def test_who_may_only_read_is_offered_nothing_else(
    browser: webdriver.Chrome, office: Office
) -> None:
    sign_in(browser, office, READER)
    open_job(browser, "Weekly planning")
    assert browser.find_elements(By.CSS_SELECTOR, "main button") == []


def test_the_finished_meeting_is_shown_and_plays(page: webdriver.Chrome) -> None:
    open_job(page, "Monday standup")
    frame = until(page, "iframe")
    names = [each.text for each in page.find_elements(By.CSS_SELECTOR, ".meeting-head a")]
    assert names == [
        "Open the report",
        "transcript.json",
        "transcript.vtt",
        "transcript.srt",
        "transcript.txt",
        "transcript.md",
        "mix.mp3",
    ]
    page.execute_script("arguments[0].scrollIntoView()", frame)
    page.switch_to.frame(frame)
    try:
        assert "Release moved" in until(page, "h1").text
        wait(page, "document.getElementById('sound').readyState >= 1")
        assert page.execute_script("return document.getElementById('sound').duration") > 140
        # What came out of a meeting must not reach the reader's token.
        reach = "try { return parent.sessionStorage.length } catch (error) { return error.name }"
        assert page.execute_script(reach) == "SecurityError"
    finally:
        page.switch_to.default_content()


def test_a_job_that_finishes_shows_its_meeting_without_a_reload(
    page: webdriver.Chrome, office: Office
) -> None:
    job = office.world.apply("quick", title="Quick sync")
    until(page, ".job", "Quick sync")
    open_job(page, "Quick sync")
    office.world.store_results(job)
    done = a_version(1, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=30.0)
    office.world.report(done, "quick")
    until(page, ".badge", "Finished")
    until(page, "iframe")
    office.world.kubernetes.remove("recordingjobs", "quick", "meetings")
    until(page, "#connection", "This job was deleted.")


def outcome(page: webdriver.Chrome, about: str) -> tuple[str, str, list[str]]:
    """What a card says, how it looks, and the names of its links."""
    card = until(page, f".outcome[data-about='{about}']")
    words = card.find_element(By.CSS_SELECTOR, ".step-name > span + span").text
    tone = str(card.get_attribute("class")).split()[-1]
    links = card.find_elements(By.TAG_NAME, "a")
    return words, tone, [link.accessible_name for link in links]


def test_the_page_says_who_was_told_and_that_the_audio_is_gone(page: webdriver.Chrome) -> None:
    open_job(page, "Retrospective")
    assert until(page, ".afterwards h2").text == "Delivery and audio"
    assert outcome(page, "Zulip") == ("Zulip: delivered", "done", [])
    in_argo = ["Open in Argo (Webhook)"]
    assert outcome(page, "Webhook") == ("Webhook: not delivered", "failed", in_argo)
    note = until(page, ".outcome[data-about=Webhook] .note").text
    assert note == f"{REFUSED} (3 tries)"
    assert outcome(page, "Audio") == ("Audio: deleted", "done", [])
    heard = page.find_element(By.ID, "announcement").get_attribute("textContent")
    assert heard is not None
    assert heard.endswith("; Zulip: delivered, Webhook: not delivered, Audio: deleted")


def test_a_shadow_job_shows_its_verdict_and_opens_the_comparison(page: webdriver.Chrome) -> None:
    open_job(page, "Sales sync")
    until(page, ".outcome a", "Open the comparison")
    assert until(page, ".afterwards h2").text == "Delivery, audio and comparison"
    assert outcome(page, "Comparison")[:2] == ("Comparison: different", "differs")
    assert DIFFERENT[1:] in until(page, ".outcome.differs .note").text
    assert outcome(page, "Audio") == ("Audio: kept", "kept", [])
    names = [each.text for each in page.find_elements(By.CSS_SELECTOR, ".meeting-head a")]
    assert "comparison.html" not in names
    address = str(until(page, ".outcome.differs a").get_attribute("href"))
    page.get(address)
    assert until(page, "h1").text == "Different"
    # It is made of what people said, so it has none of the gateway's rights.
    assert page.execute_script("return self.origin") == "null"


def test_a_delivery_is_followed_live(page: webdriver.Chrome, office: Office) -> None:
    job = office.world.apply("sprint", title="Sprint review")
    office.world.store_results(job)
    goes_on = a_condition(
        ConditionType.DELIVERED, ConditionStatus.UNKNOWN, DeliveredReason.DELIVERING, "goes on"
    )
    waiting = a_delivery(DeliveryPhase.DELIVERING, "it answered 503", tries=2)
    report_afterwards(office.world, "sprint", goes_on, delivery=waiting)
    until(page, ".job", "Sprint review")
    open_job(page, "Sprint review")
    until(page, ".outcome.running", "Webhook: not delivered yet")
    over = a_condition(
        ConditionType.DELIVERED, ConditionStatus.TRUE, DeliveredReason.DELIVERED, "all have it"
    )
    done = a_delivery(DeliveryPhase.DELIVERED, tries=3)
    report_afterwards(office.world, "sprint", over, delivery=done)
    until(page, ".outcome.done", "Webhook: delivered")
    office.world.kubernetes.remove("recordingjobs", "sprint", "meetings")


def test_everything_can_be_done_with_the_keyboard(page: webdriver.Chrome) -> None:
    def press(*keys: str) -> None:
        ActionChains(page).send_keys(*keys).perform()

    press(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to content"
    page.find_element(By.ID, "phase").send_keys("")
    press(Keys.TAB)
    opened = page.switch_to.active_element
    title = opened.find_element(By.CSS_SELECTOR, ".title").text
    press(Keys.ENTER)
    until(page, "h1", title)
    assert page.switch_to.active_element.get_attribute("id") == "view"
    page.back()
    until(page, "h1", "Recordings")


def test_a_focused_button_keeps_its_focus_while_the_job_goes_on(
    page: webdriver.Chrome, office: Office
) -> None:
    open_job(page, "Weekly planning")
    page.execute_script("document.querySelector('[data-key=suspend]').focus()")
    report_running(office.world, 88)
    until(page, ".track", "88 %")
    assert page.switch_to.active_element.get_attribute("data-key") == "suspend"


def test_nothing_that_came_from_elsewhere_is_taken_for_html(
    page: webdriver.Chrome, office: Office
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    office.world.apply("evil", title=evil)
    until(page, ".job .title", evil)
    open_job(page, evil)
    assert page.find_elements(By.CSS_SELECTOR, "main img") == []
    office.world.kubernetes.remove("recordingjobs", "evil", "meetings")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_screen(page: webdriver.Chrome, width: int) -> None:
    resize(page, width)
    for title in ("Weekly planning", "Board meeting", "Retrospective", "Sales sync"):
        open_job(page, title)
        widest = page.execute_script("return document.documentElement.scrollWidth")
        assert widest <= width, title
        page.find_element(By.CSS_SELECTOR, ".brand").click()
        until(page, ".job")


NAMELESS = """
    const named = (each) => each.labels?.length || each.getAttribute("aria-label") || each.title
      || each.getAttribute("aria-labelledby") || each.textContent.trim();
    const all = "a, button, input, select, progress, iframe, ul.jobs, section, dialog";
    return [...document.querySelectorAll(all)]
      .filter((each) => !named(each)).map((each) => each.outerHTML);
"""


def test_everything_has_a_name_and_headings_are_in_order(page: webdriver.Chrome) -> None:
    for title in (None, "Weekly planning", "Retrospective", "Sales sync"):
        if title:
            page.find_element(By.CSS_SELECTOR, ".brand").click()
            open_job(page, title)
        assert page.execute_script(NAMELESS) == []
        levels = page.execute_script(
            "return [...document.querySelectorAll('main h1, main h2, main h3')].map(h => h.tagName)"
        )
        assert levels[0] == "H1"
        assert levels.count("H1") == 1
        assert "H3" not in levels


def test_the_page_breaks_no_policy_and_asks_nobody_else(
    page: webdriver.Chrome, office: Office
) -> None:
    open_job(page, "Monday standup")
    until(page, "iframe")
    wait(page, "performance.getEntriesByType('resource').length > 5")
    asked = page.execute_script(
        "return performance.getEntriesByType('resource').map((each) => each.name)"
    )
    assert {address.split("/v1/")[0].split("/page/")[0] for address in asked} == {office.url}
    assert complaints(page) == []
