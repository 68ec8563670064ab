"""The command in a process of its own: where it listens, how it stops, what it says when it cannot start."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.serve.listen import listen

COMMAND = [sys.executable, "-m", "landsea_routing", "serve", "--network", "toy_three_ports", "--json"]


@contextlib.contextmanager
def served(*options):
    """A server of the toy network, and its address; stopped at the end."""
    with subprocess.Popen(  # noqa: S603
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, urlsplit(json.loads(process.stdout.readline())["address"])
        finally:
            process.kill()


def get(address, path="/"):
    with contextlib.closing(http.client.HTTPConnection(address.hostname, address.port, timeout=30)) as asked:
        asked.request("GET", path)
        reply = asked.getresponse()
        return reply.status, reply.read().decode()


def test_it_listens_on_loopback_alone_and_ctrl_c_ends_it():
    with served("--port", "0") as (process, address):
        assert address.hostname == "127.0.0.1"
        status, text = get(address)
        assert status == 200
        assert "what if?" in text
        assert listening(process.pid) == {("127.0.0.1", address.port)}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, "")
        assert "Traceback" not in err


def listening(pid: int) -> set[tuple[str, int]]:
    """Addresses at which a process listens, as the kernel tells; skips where it does not."""
    try:
        sockets = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}  # noqa: PTH115, PTH208
        with open("/proc/net/tcp", encoding="ascii") as file:  # noqa: PTH123
            rows = [line.split() for line in file.readlines()[1:]]
    except OSError:
        pytest.skip("the kernel does not tell who listens where")
    own = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
    ends = [text.split(":") for text in own]
    return {(".".join(str(b) for b in reversed(bytes.fromhex(ip))), int(port, 16)) for ip, port in ends}


def test_a_port_that_is_taken_is_said_with_the_cure():
    with served("--port", "0") as (_, address):
        done = subprocess.run(  # noqa: S603
            [*COMMAND, "--port", str(address.port)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 3
        assert "choose another with --port" in json.loads(done.stdout)["cure"]
        assert "Traceback" not in done.stderr


def test_nothing_is_solved_for_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(LandseaError, match="cannot be had"):
        listen(lambda: pytest.fail("was made"), other.getsockname()[1])


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_there_is_not(port):
    with pytest.raises(InvalidValueError, match="0 to 65535"):
        listen(None, port)
