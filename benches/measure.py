"""What the scripts here share: one process run, and what it cost."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """Of one process with its children."""

    wall: float
    cpu: float
    peak: int
    status: int


def run(command, folder, limit=600, out=None):
    """Run `command` in `folder`; `None` where it takes more than `limit` seconds."""
    began = time.monotonic()
    with open(out or os.devnull, "wb") as stdout:
        process = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=subprocess.DEVNULL)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                wall = time.monotonic() - began
                return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, process.returncode)
            if time.monotonic() - began > limit:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                return None
            time.sleep(0.0005)


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


def found(program):
    return shutil.which(program)
