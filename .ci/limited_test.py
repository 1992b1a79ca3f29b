"""That a limit holds, and that nothing of a command outlives it."""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "limited.py")
PATIENCE = 30

# A shell that leaves a process behind which hears no SIGTERM, as a test host with a server in it does.
STUBBORN = "trap '' TERM; sleep 600 & echo $!; "


def is_running(process):
    try:
        os.kill(process, 0)
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class LimitTest(unittest.TestCase):
    def start(self, seconds, script):
        process = subprocess.Popen(
            [sys.executable, SCRIPT, str(seconds), "bash", "-c", script], stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def assert_ends(self, process):
        end = time.monotonic() + PATIENCE
        while is_running(process):
            self.assertLess(time.monotonic(), end, "still running")
            time.sleep(0.01)

    def test_exit_code_is_the_commands(self):
        self.assertEqual(3, self.start(PATIENCE, "exit 3").wait(PATIENCE))
        self.assertEqual(137, self.start(PATIENCE, "kill -9 $$").wait(PATIENCE))

    def test_everything_is_killed_when_the_time_is_up(self):
        process = self.start(0.5, STUBBORN + "wait")
        child = int(process.stdout.readline())
        self.assertEqual(124, process.wait(PATIENCE))
        self.assert_ends(child)

    def test_what_is_left_is_killed_when_the_command_has_ended(self):
        process = self.start(PATIENCE, STUBBORN + "exit 0")
        child = int(process.stdout.readline())
        self.assertEqual(0, process.wait(PATIENCE))
        self.assert_ends(child)

    def test_everything_is_killed_when_the_script_is_told_to_end(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process = self.start(PATIENCE, STUBBORN + "wait")
            child = int(process.stdout.readline())
            process.send_signal(number)
            self.assertEqual(128 + number, process.wait(PATIENCE))
            self.assert_ends(child)

    def test_signals_are_not_ignored_in_the_command(self):
        process = self.start(PATIENCE, "kill -INT $$; exit 0")
        self.assertEqual(130, process.wait(PATIENCE))


if __name__ == "__main__":
    unittest.main()
