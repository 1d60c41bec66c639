"""Fixtures of the end-to-end tests: the program on a free port, on a folder of its own."""

import os
import pathlib
import shutil

import pytest

from gatewatch_server import BINARY, REPOSITORY, GatewatchServer

SHARED = pathlib.Path(os.environ.get("GATEWATCH_SHARED", REPOSITORY.parent / "shared"))
ARTEFACTS = REPOSITORY / "test-artefacts"
EXPECTED_MS_MAX = 60_000  # of what a page is to show; it takes a second, but for a busy machine


def pytest_configure(config):
    config.addinivalue_line("markers", "needs_shared: needs the published suites of the folder ../shared (GATEWATCH_SHARED)")
    config.addinivalue_line("markers", "refused_question: the page asks something that the server must refuse")


def pytest_collection_modifyitems(items):
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("needs_shared"):
            item.add_marker(pytest.mark.skip(reason="needs ../shared"))


@pytest.fixture(scope="session", autouse=True)
def binary_is_built():
    assert BINARY.exists(), f"{BINARY} is missing: run scripts/build"


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    return SHARED


@pytest.fixture(scope="session")
def artefacts() -> pathlib.Path:
    """A git-ignored folder for what a person may want to look at after the run."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS


def run_server(server: GatewatchServer):
    """Starts the server, hands it out, and demands at the end that SIGTERM ends it with status 0."""
    try:
        server.start()
        yield server
        if server.process is not None:
            server.stop()
    finally:
        server.abandon()


@pytest.fixture
def server(tmp_path):
    """A running, empty Gatewatch for one test."""
    yield from run_server(GatewatchServer(tmp_path / "data"))


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    """A running Gatewatch shared by the tests of one file."""
    yield from run_server(GatewatchServer(tmp_path_factory.mktemp("gatewatch") / "data"))


def run_demo(server: GatewatchServer):
    """As `run_server`, handed out when all of the generated history can be asked for."""
    for running in run_server(server):
        running.wait_for_history()
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """
    `gatewatch demo` with two days of history, live traffic and series of its own; or the running one at 127.0.0.1 whose port GATEWATCH_PAGE names.

    One for all files that read it. What a test writes into it (an annotation, a saved page) has a name of its own, and other tests do without it.
    """
    arguments = ["--history-days", "2"]
    server = GatewatchServer(tmp_path_factory.mktemp("demo") / "data", arguments, command="demo", environment={"GATEWATCH_METRICS_SELF_SECONDS": "1"})
    if port := os.environ.get("GATEWATCH_PAGE"):
        server.port = int(port)
        yield server
        return
    yield from run_demo(server)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all files; every test opens a session (context) of its own in it. Playwright allows one of itself per thread."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=EXPECTED_MS_MAX)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
