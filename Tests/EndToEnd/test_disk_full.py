"""A full disk: writes are refused in a way that senders retry, reads go on, and it recovers by itself."""

import contextlib
import subprocess
import time

import pytest

from apisix_entries import EntryGenerator, bulk_body
from gatewatch_server import GatewatchServer

DISK_MIB = 192  # large enough that the default reserve (at most a sixteenth of a disk) is more than a few batches
RECOVERY_SECONDS_MAX = 30


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, in memory, where this may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a tmpfs is not permitted here ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("free_bytes_min", [67_108_864, 0], ids=["refused early", "written to the last byte"])
def test_full_disk_refuses_writes_keeps_reads_and_recovers(small_disk, tmp_path, free_bytes_min):
    settings = tmp_path / "gatewatch.yaml"
    settings.write_text(f"storage:\n  free_bytes_min: {free_bytes_min}\n")
    server = GatewatchServer(small_disk / "data", ["--config", str(settings)])
    server.log_path = tmp_path / "server.log"
    ballast = small_disk / "ballast"
    now_ms = int(time.time() * 1000)
    generator = EntryGenerator(seed=3, first_ms=now_ms - 600_000, last_ms=now_ms - 1_000)
    acknowledged = 0

    def send(count: int = 500):
        nonlocal acknowledged
        entries = generator.entries(count)
        answer = server.bulk(bulk_body(entries))
        if answer.status == 200 and not answer.json()["errors"]:
            acknowledged += count
        return answer

    def count() -> int:
        return server.query(from_="now-2h", to="now", measures=["count"])["rows"][0]["count"]

    try:
        server.start()
        assert send().status == 200
        # Somebody else fills the disk to its last byte.
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 65_536):
                pass
        for _ in range(200):  # the log may have been given its space in advance: write until that is used up
            refused = send()
            if refused.status != 200:
                break
        assert refused.status in (429, 507), refused
        assert refused.json()["error"], refused

        assert count() == acknowledged, "reads do not go on"
        assert server.get("/health").status == 200
        if free_bytes_min:  # without a reserve only the next write can tell whether there is room again
            assert server.get("/ready").status == 503
            assert server.get("/api/v1/status").json()["store"]["writable"] is False

        ballast.unlink()
        deadline = time.monotonic() + RECOVERY_SECONDS_MAX
        while (answer := send()).status != 200:
            assert time.monotonic() < deadline, f"no recovery within {RECOVERY_SECONDS_MAX} s: {answer}"
            time.sleep(0.1)  # between two tries, as a sender would
        assert server.get("/ready").status == 200
        assert count() == acknowledged
        server.stop()
        server.start()
        assert count() == acknowledged, "acknowledged records are missing after a restart"
        server.stop()
    finally:
        server.abandon()
