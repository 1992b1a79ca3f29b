"""What the gate says of reports: counts, flaky tests, crashed projects."""
import os
import tempfile
import unittest
from unittest import mock

import tests

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>{results}</Results>
  <TestDefinitions>{definitions}</TestDefinitions>
</TestRun>
"""


def write(folder, project, results):
    """A report of a project: (method, name, outcome, seconds, message) for each test."""
    os.makedirs(folder, exist_ok=True)
    rows, definitions = "", ""
    for number, (method, name, outcome, seconds, message) in enumerate(results):
        rows += (
            f'<UnitTestResult testId="{number}" testName="{name}" outcome="{outcome}" duration="00:00:{seconds:010.7f}">'
            f"<Output><ErrorInfo><Message>{message}</Message></ErrorInfo></Output></UnitTestResult>")
        definitions += (
            f'<UnitTest id="{number}"><TestMethod codeBase="/x/{project}.dll" className="{project}.T" name="{method}" /></UnitTest>')
    with open(os.path.join(folder, f"{project}.trx"), "w", encoding="utf-8") as file:
        file.write(REPORT.format(results=rows, definitions=definitions))


class GateTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        self.said = []

    def judge(self, code, expected, good=()):
        counts, problems = tests.judge(
            self.folder, code, set(expected), run_again=lambda test, folder: test.name in good, say=self.said.append)
        return counts, problems, "\n".join(self.said)

    def test_good_run_counts_and_names_the_slowest_and_the_skipped(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Passed", 3, ""), ("S", "A.Tests.T.S", "NotExecuted", 0, "nginx is not installed")])
        counts, problems, said = self.judge(0, ["A.Tests"])
        self.assertEqual(((1, 0, 1), []), (counts, problems))
        self.assertIn("3.0 s  A.Tests.T.M", said)
        self.assertIn("A.Tests.T.S: nginx is not installed", said)

    def test_test_that_passes_alone_is_flaky_and_counts_as_passed(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Failed", 1, "too late")])
        counts, problems, said = self.judge(2, ["A.Tests"], good=["A.Tests.T.M"])
        self.assertEqual(((1, 0, 0), []), (counts, problems))
        self.assertIn("FLAKY: A.Tests.T.M", said)

    def test_test_that_fails_again_has_failed(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Failed", 1, "wrong"), ("N", "A.Tests.T.N", "Timeout", 1, "")])
        counts, problems, said = self.judge(2, ["A.Tests"])
        self.assertEqual(((0, 2, 0), []), (counts, problems))
        self.assertIn("FAILED: A.Tests.T.M: wrong", said)

    def test_project_that_crashed_is_a_problem(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Passed", 1, "")])
        self.assertEqual(["B.Tests reported nothing", "dotnet test ended with 1"], self.judge(1, ["A.Tests", "B.Tests"])[1])

    def test_crash_is_a_problem_beside_a_flaky_test(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Failed", 1, "")])
        self.assertEqual(["dotnet test ended with 124"], self.judge(124, ["A.Tests"], good=["A.Tests.T.M"])[1])

    def test_failed_run_without_failed_test_is_a_problem(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Passed", 1, "")])
        self.assertEqual(["dotnet test ended with 2"], self.judge(2, ["A.Tests"])[1])

    def test_many_failures_are_not_run_again(self):
        names = [f"A.Tests.T.M{number}" for number in range(tests.MOST_RERUNS + 1)]
        write(self.folder, "A.Tests", [(name.rsplit(".")[-1], name, "Failed", 1, "") for name in names])
        self.assertEqual((0, len(names), 0), self.judge(2, ["A.Tests"], good=names)[0])

    def test_row_of_a_theory_runs_alone_and_only_its_own_result_counts(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M(x: 1)", "Failed", 1, "")])
        test = tests.read_all(self.folder)[0]
        again = os.path.join(self.folder, "again")

        def run(command, **_):
            self.assertEqual("A.Tests.T.M", command[command.index("--filter-method") + 1])
            self.assertEqual("A.Tests.T.M(x: 1)", command[command.index("--filter-display-name") + 1])
            write(again, "A.Tests", [("M", "A.Tests.T.M(x: 1)", outcome, 1, ""), ("M", "A.Tests.T.M(x: 2)", "Failed", 1, "")])

        with mock.patch.object(tests.subprocess, "run", run):
            for outcome, expected in (("Passed", True), ("Failed", False)):
                self.assertEqual(expected, tests.rerun(test, again))

    def test_test_that_is_not_found_again_has_failed(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Failed", 1, "")])
        with mock.patch.object(tests.subprocess, "run", lambda command, **_: None):
            self.assertFalse(tests.rerun(tests.read_all(self.folder)[0], os.path.join(self.folder, "again")))


if __name__ == "__main__":
    unittest.main()
