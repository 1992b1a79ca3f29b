"""Runs a command within a time limit and leaves nothing of it behind.

Usage: limited.py SECONDS COMMAND...

The command gets a session of its own. This script kills what is left of its process group in three cases: the command has ended, its time
is up, or a signal ends this script. `timeout` does less: test hosts that catch SIGTERM outlive it. The exit code is the command's, or 124
when its time was up.
"""
import os
import signal
import subprocess
import sys

TIME_IS_UP = 124
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def listen():
    """Ends this process by an exception, so that `run` cleans up. The signals that are handled here have their default meaning in what
    `run` starts. Under a shell in the background, or nohup, they would be ignored there, and some tests send just those."""
    def end(number, _):
        raise SystemExit(128 + number)

    for number in ENDING:
        signal.signal(number, end)


def run(command, seconds):
    """Returns the exit code: 128 + n after signal n, 124 when the time was up."""
    # A signal waits while there would be nobody to clean up: until the process is known, and while it is killed.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before))
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        code = process.wait(timeout=seconds)
        return code if code >= 0 else 128 - code
    except subprocess.TimeoutExpired:
        print(f"killed after {seconds} s: {' '.join(command)}", flush=True)
        return TIME_IS_UP
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


if __name__ == "__main__":
    listen()
    sys.exit(run(sys.argv[2:], float(sys.argv[1])))
