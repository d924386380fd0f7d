"""Waits for a state instead of a time: as long as it takes, and no longer."""
import os
import pathlib
import signal
import time


def wait_until(what, ask, seconds=30, every=0.02):
    """The first answer of `ask` that is true; after so many seconds it is an error that names what did not come."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(every)


def wait_for(ask, seconds=10, every=0.02):
    """The same for a check that says by itself what did not come: whether it did."""
    try:
        return bool(wait_until("", ask, seconds, every))
    except TimeoutError:
        return False


def wait_stopped(process):
    """Until a child stands still (FAIRLEAD_FAULT=stop@PLACE); whether it does, and has not ended instead."""
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        process.returncode = os.waitstatus_to_exitcode(status)
    return os.WIFSTOPPED(status)


def go_on(process, seconds=60):
    """Lets a child that stands still go on, at each place of that name, until it has ended."""
    deadline = time.monotonic() + seconds
    while process.returncode is None and process.poll() is None and time.monotonic() < deadline:
        process.send_signal(signal.SIGCONT)
        time.sleep(0.005)


def is_gone(pid):
    """Has that process ended? One that nobody has waited for yet has, too."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
