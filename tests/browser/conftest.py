"""A real browser, a folder with a finished meeting, and a server on the loopback that can seek."""

import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.browser import meeting
from workflow_templates.contracts.transcript import Transcript

CHROMIUM = Path("/usr/bin/chromium")
CHROMEDRIVER = Path("/usr/bin/chromedriver")
DURATION = 148.939
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

OpenBrowser = Callable[[], webdriver.Chrome]


def run_step(name: str, folder: Path, *parameters: str) -> None:
    """Run a step in `folder`, as the local engine does: inputs and outputs lie together."""
    argv = [sys.executable, "-m", "multitrack_steps.entrypoint", name]
    argv += ["--inputs", str(folder), "--outputs", str(folder)]
    argv += [argument for parameter in parameters for argument in ("--param", parameter)]
    subprocess.run(argv, check=True, capture_output=True)


def publish(folder: Path, *parameters: str) -> Path:
    """From words to report.html; returns the report."""
    run_step("merge-transcripts", folder)
    transcript = Transcript.read(folder / "transcript.json")
    for name, document in meeting.minutes_of(transcript).items():
        document.write(folder / name)
    run_step("finalize", folder)
    run_step("render-report", folder, *parameters)
    return folder / "published" / "report.html"


@pytest.fixture(scope="session")
def meeting_folder(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """The sample meeting, finished, with sound and waveform; Ben's track has an echo of Alice."""
    folder = tmp_path_factory.mktemp("meeting")
    lines = meeting.sample_lines(sample)
    heard = next(line for line in lines if line.text.startswith("Thanks all"))
    lines.append(meeting.Line(1, heard.start + 0.1, heard.end + 0.1, heard.text, level=-41.0))
    meeting.write_tracks(folder, lines, duration=DURATION)
    meeting.write_mix(sample, folder / "mix.mp3")
    meeting.write_waveform(folder / "mix.mp3", folder / "waveform.json", DURATION)
    publish(folder, "audio-href=../mix.mp3")
    return folder


class _RangeHandler(SimpleHTTPRequestHandler):
    """Serves a folder, ranges of files too: browsers seek in sound by asking for them.

    Below /sealed/ the same files come with the policy under which the Argo UI shows artifacts.
    """

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if not wanted or not file.is_file():
            return super().send_head()
        size = file.stat().st_size
        first = int(wanted[1])
        last = min(int(wanted[2] or size - 1), size - 1)
        stream = file.open("rb")
        stream.seek(first)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        return stream

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/sealed"))

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        if self.path.startswith("/sealed/"):
            policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
            self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        try:
            super().copyfile(source, outputfile)
        except (BrokenPipeError, ConnectionResetError):
            return  # the browser has heard enough

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder; returns its address."""
    servers = []

    def start(folder: Path) -> str:
        handler = partial(_RangeHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def address(meeting_folder: Path, serve: Callable[[Path], str]) -> str:
    return serve(meeting_folder)


@pytest.fixture(scope="session")
def open_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBrowser]:
    """Start a browser with a profile of its own; closed at the end."""
    if not CHROMIUM.exists() or not CHROMEDRIVER.exists():
        pytest.skip("no chromium: install Debian's packages chromium and chromium-driver")
    browsers = []

    def start() -> webdriver.Chrome:
        options = Options()
        options.binary_location = str(CHROMIUM)
        profile = tmp_path_factory.mktemp("profile")
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        browser = webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))
        browsers.append(browser)
        return browser

    os.environ["SE_OFFLINE"] = "true"  # Selenium must not look for drivers elsewhere
    yield start
    for browser in browsers:
        browser.quit()


@pytest.fixture(scope="session")
def shared_browser(open_browser: OpenBrowser) -> webdriver.Chrome:
    return open_browser()


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the console says since it was last asked."""
    entries: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries]


@pytest.fixture
def browser(shared_browser: webdriver.Chrome) -> webdriver.Chrome:
    """A browser of desktop size, light, with nothing logged yet."""
    shared_browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    shared_browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    shared_browser.set_window_size(1280, 900)
    shared_browser.get("about:blank")
    complaints(shared_browser)
    return shared_browser
