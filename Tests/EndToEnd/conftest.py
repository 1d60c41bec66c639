"""Fixtures of the end-to-end tests: the program on a free port, on a folder of its own."""

import os
import pathlib

import pytest

from gatewatch_server import BINARY, REPOSITORY, GatewatchServer

SHARED = pathlib.Path(os.environ.get("GATEWATCH_SHARED", REPOSITORY.parent / "shared"))
ARTEFACTS = REPOSITORY / "test-artefacts"


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
