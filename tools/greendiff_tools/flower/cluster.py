"""A SuperLink and its SuperNodes on this machine's loopback, as they would be on many."""

import os
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

from ..paths import ROOT
from . import security

APP = ROOT / "integrations/flower"
PYTHON_PACKAGES = ROOT / "integrations/python"
PROGRAMS = Path(sys.executable).parent
START_SECONDS = 60


class ClusterError(Exception):
    """A process that did not start, or ended by itself."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=START_SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ClusterError(f"{process.args[0]} ended with status {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ClusterError(f"{process.args[0]} does not listen on port {port} after {seconds} s")


class Cluster:
    """Processes with their logs in `folder`; all of them end with it.

    `is_secure`: they speak TLS, the SuperLink takes nodes alone whose keys are registered, keeps its state in a database, and
    leaves the server app to a process of its own: it may be killed and started again in the middle of a run."""

    def __init__(self, folder, devices, is_secure=False):
        self.folder, self.is_secure = Path(folder).resolve(), is_secure
        self.devices = list(devices)
        self.nodes = {}
        self.executors = []
        self.link = None
        self.port = free_port()
        self.environment = os.environ | {
            "FLWR_HOME": str(self.folder / "flwr"), "FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1",
            "FLWR_SUPEREXEC_TASK_POLL_INTERVAL": "0.2",
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "SWIFT_BACKTRACE": "enable=no",
            "PYTHONPATH": os.pathsep.join([str(PYTHON_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])}

    def __enter__(self):
        (self.folder / "flwr").mkdir(parents=True, exist_ok=True)
        trust = f'root-certificates = "{self.folder}/ca.crt"' if self.is_secure else "insecure = true"
        (self.folder / "flwr/config.toml").write_text(
            f'[superlink]\ndefault = "local"\n\n[superlink.local]\naddress = "127.0.0.1:{self.port}"\n{trust}\n',
            encoding="utf-8")
        if self.is_secure:
            security.make_authority(self.folder)
            security.make_server_certificate(self.folder, "127.0.0.1")
        (self.folder / "secret").write_bytes(secrets.token_bytes(32))
        try:
            self.start_link()
            self.start_apps()
            for device in self.devices:
                self.start_node(device)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        processes = [*self.nodes.values(), *self.executors, *filter(None, [self.link])]
        # A group of its own each: what it started ends, too.
        for process in processes:
            self.signal(process, 15)
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            self.signal(process, 9)
            process.wait()

    @staticmethod
    def signal(process, number):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass

    def spawn(self, log, *words, **environment):
        with open(self.folder / log, "a", encoding="utf-8") as output:
            return subprocess.Popen(
                [str(word) for word in words], cwd=self.folder, env=self.environment | environment, stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, start_new_session=True)

    def start_link(self):
        self.link = self.spawn(
            "superlink.log", PROGRAMS / "flower-superlink", "--host", "127.0.0.1", "--port", self.port,
            "--disable-runtime-dependency-installation", *self.link_words())
        wait_for_port(self.port, self.link)

    def link_words(self):
        """What the SuperLink is told otherwise."""
        if not self.is_secure:
            return ["--insecure"]
        return [
            "--ssl-ca-certfile", self.folder / "ca.crt", "--ssl-certfile", self.folder / "server.pem", "--ssl-keyfile",
            self.folder / "server.key", "--enable-supernode-auth", "--database", self.folder / "state.db", "--isolation",
            "process", "--superexec-auth-secret-file", self.folder / "secret"]

    def start_apps(self):
        """What starts the server app, where the SuperLink does not."""
        if self.is_secure:
            self.start_executor("superexec.log", self.port, "--root-certificates", self.folder / "ca.crt")

    def kill_link(self):
        """As if the SuperLink's machine had lost power; `start_link` brings it back."""
        self.signal(self.link, 9)
        self.link.wait()

    def start_executor(self, log, port, *trust):
        """What starts the apps' processes for the SuperLink or SuperNode at this port, which has `--isolation process`."""
        self.executors.append(self.spawn(
            log, PROGRAMS / "flower-superexec", "--runtime-api-address", f"127.0.0.1:{port}", *trust,
            "--superexec-auth-secret-file", self.folder / "secret"))

    def start_node(self, device, *config, is_registered=True, authority="ca", is_isolated=False):
        """A SuperNode; `is_isolated`: its app is started by a flower-superexec, not by itself."""
        trust = ["--insecure"]
        if self.is_secure:
            key = self.folder / f"node-{device}"
            if not key.exists():
                security.make_node_key(self.folder, key.name)
                if is_registered:
                    self.register(f"{key}.pub")
            trust = ["--root-certificates", self.folder / f"{authority}.crt", "--auth-supernode-private-key", key]
        port = free_port()
        isolation = ["--isolation", "process", "--superexec-auth-secret-file", self.folder / "secret"] if is_isolated else []
        process = self.spawn(
            f"node-{device}.log", PROGRAMS / "flower-supernode", *trust, *isolation, "--superlink", f"127.0.0.1:{self.port}",
            "--port", port, "--node-config", " ".join([f"device={device}", *config]), DEVICE=str(device),
            SENT=str(self.folder / f"sent-{device}"))
        if is_isolated:
            wait_for_port(port, process)
            self.start_executor(f"superexec-{device}.log", port, "--insecure")
        self.nodes[device] = process
        return process

    def register(self, public_key):
        """Lets the node with this key in."""
        result = subprocess.run(
            [PROGRAMS / "flwr", "supernode", "register", public_key, "local"], cwd=self.folder, env=self.environment,
            capture_output=True, text=True)
        if result.returncode != 0:
            raise ClusterError(f"{public_key} is not registered: {result.stdout.strip()} {result.stderr.strip()}")

    def kill_node(self, device):
        """As if its machine had lost power."""
        process = self.nodes.pop(device)
        self.signal(process, 9)
        process.wait()

    def begin(self, settings, out, output=None, app=APP, words=(), **config):
        """Starts a run of the app, or of another; the process of `flwr run`, which shows the server's log until the run ends."""
        values = {"settings": str(settings), "out": str(out), "min-nodes": len(self.nodes)} | {
            name.replace("_", "-"): value for name, value in config.items()}
        text = " ".join(f"{name}={value!r}" for name, value in values.items())
        return subprocess.Popen(
            [PROGRAMS / "flwr", "run", app, "local", "--stream", "--run-config", text, *words], cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, text=True)
