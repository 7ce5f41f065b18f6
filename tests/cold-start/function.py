"""A function's process: started as Lambda starts it, looked at when it is ready and when it has answered, and ended."""

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from stand_ins import Aws, Runtime

# Counts instructions and nothing else.
VALGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


@dataclass(frozen=True)
class Trust:
    """Certificates: what the stand-ins show, if they speak TLS, and the bundle of trusted ones that the function reads."""

    shown: Path | None
    bundle: Path


@dataclass(frozen=True)
class Setting:
    """What all starts have in common: the first call's event, certificates, and a folder for what is written."""

    event: bytes
    trust: Trust
    folder: Path

    def errors(self) -> Path:
        return self.folder / "errors"

    def slow_clock(self) -> Path:
        """Valgrind makes a function a hundred times slower, but not its time-outs."""
        made = self.folder / "slow_clock.so"
        if not made.exists():
            source = Path(__file__).parent / "slow_clock.c"
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, source], check=True)
        return made


@dataclass(frozen=True)
class Start:
    """What one start cost, up to where the function was ready for its first call, and up to its answer."""

    ready_ms: float
    answered_ms: float
    peak_kib: int
    connections: int


def started(command: list[str], runtime: Runtime, aws: Aws, setting: Setting, more: dict[str, str]) -> subprocess.Popen[bytes]:
    variables = {
        "AWS_LAMBDA_RUNTIME_API": runtime.address(),
        "AWS_LAMBDA_FUNCTION_NAME": "start-chat",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": aws.url(),
        "SSL_CERT_FILE": str(setting.trust.bundle),
        "TABLE_NAME": "chat",
        "SIGNING_KEYS_SECRET": "signing",
        "SESSION_ID_KEY_SECRET": "ids",
        "ACCESS_KEYS_SECRET": "access",
        "ANONYMOUS_START": "true",
        "PATH": os.environ["PATH"],
        **more,
    }
    with setting.errors().open("wb") as written:
        return subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL, stdout=written, stderr=written)


def reached(event: threading.Event, process: subprocess.Popen[bytes], setting: Setting) -> None:
    """Waits until the process has come this far."""
    for _ in range(2400):
        if event.wait(0.05):
            # What it still does after its last word belongs to it.
            time.sleep(0.01)
            return
        if process.poll() is not None:
            break
    process.kill()
    raise SystemExit(f"{process.args}: came to no answer\n{setting.errors().read_text()}")


def processor_ms(pid: int) -> float:
    """The processor time of all threads so far, the kernel's work for them included."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e6


def checked(runtime: Runtime) -> None:
    if not runtime.path.endswith("/response") or '"statusCode":200' not in runtime.answer:
        raise SystemExit(f"the function answered {runtime.answer}")


def start(binary: Path, setting: Setting) -> Start:
    """Starts the function for one call, and measures it."""
    runtime, aws = Runtime(setting.event), Aws(setting.trust.shown)
    process = started([str(binary)], runtime, aws, setting, {})
    try:
        reached(runtime.ready, process, setting)
        ready = processor_ms(process.pid)
        runtime.goes_on.set()
        reached(runtime.answered, process, setting)
        answered = processor_ms(process.pid)
        checked(runtime)
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    finally:
        ended(process, runtime, aws)
    if not peak:
        raise SystemExit("the kernel does not tell a process's peak of memory")
    return Start(ready, answered, int(peak[1]), aws.connections)


def instructions(binary: Path, setting: Setting, *, to_answer: bool) -> int:
    """How many instructions the function takes until it is ready, or until its first answer; the kernel's are not among them."""
    runtime, aws = Runtime(setting.event), Aws(setting.trust.shown)
    slowly = {"LD_PRELOAD": str(setting.slow_clock())}
    process = started([*VALGRIND, str(binary)], runtime, aws, setting, slowly)
    try:
        reached(runtime.ready, process, setting)
        if to_answer:
            runtime.goes_on.set()
            reached(runtime.answered, process, setting)
            checked(runtime)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    finally:
        ended(process, runtime, aws)
    counted = re.search(r"Collected : (\d+)", setting.errors().read_text())
    if not counted:
        raise SystemExit(f"valgrind counted nothing\n{setting.errors().read_text()}")
    return int(counted[1])


def ended(process: subprocess.Popen[bytes], runtime: Runtime, aws: Aws) -> None:
    process.kill()
    process.wait()
    for server in (runtime.server, aws.server):
        server.shutdown()
        server.server_close()
