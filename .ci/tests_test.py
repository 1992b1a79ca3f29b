"""What the gate says of reports: counts, flaky tests, crashed projects."""
import math
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
        written = f"<StdOut>written before\n{message}</StdOut>" if outcome == "NotExecuted" and message else ""
        error = f"<ErrorInfo><Message>{message}</Message></ErrorInfo>" if outcome == "Failed" else ""
        rows += (
            f'<UnitTestResult testId="{number}" testName="{name}" outcome="{outcome}" duration="00:00:{seconds:010.7f}">'
            f"<Output>{written}{error}</Output></UnitTestResult>")
        definitions += (
            f'<UnitTest id="{number}"><TestMethod codeBase="/x/{project}.dll" className="{project}.T" name="{method}" /></UnitTest>')
    with open(os.path.join(folder, f"{project}.trx"), "w", encoding="utf-8") as file:
        file.write(REPORT.format(results=rows, definitions=definitions))


class GateTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        said = mock.patch.object(tests, "say", side_effect=lambda text: self.said.append(text))
        self.addCleanup(said.stop)
        said.start()
        self.said = []

    def judge(self, code, expected, good=()):
        counts, problems = tests.judge(self.folder, code, set(expected), run_again=lambda test, folder, deadline: test.name in good)
        return counts, problems, "\n".join(self.said)

    def rerun(self, name, *runs):
        """Runs a test of that name again, where each run gives an exit code and results.

        Returns whether it passed and with which filters it ran.
        """
        test = tests.Test("A.Tests", "A.Tests.T.M", name, "Failed", 1, "")
        filters, left = [], list(runs)

        def run(command, _):
            code, results = left.pop(0)
            filters.append(command[command.index("--filter-method"):])
            write(command[command.index("--results-directory") + 1], "A.Tests", [("M", row, outcome, 1, "") for row, outcome in results])
            return code

        with mock.patch.object(tests.limited, "run", run):
            return tests.rerun(test, os.path.join(self.folder, "again"), math.inf), filters

    def test_good_run_counts_and_names_the_slowest_and_the_skipped(self):
        write(self.folder, "A.Tests", [
            ("M", "A.Tests.T.M", "Passed", 3, ""),
            ("S", "A.Tests.T.S", "NotExecuted", 0, "nginx is not installed"),
        ])
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
        problems = self.judge(1, ["A.Tests", "B.Tests"])[1]
        self.assertEqual("B.Tests reported nothing", problems[0])
        self.assertIn("dotnet test ended with 1", problems[1])

    def test_crash_is_a_problem_beside_a_flaky_test(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Failed", 1, "")])
        self.assertIn("dotnet test ended with 124", self.judge(124, ["A.Tests"], good=["A.Tests.T.M"])[1][0])

    def test_report_that_cannot_be_read_is_a_problem(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Passed", 1, "")])
        with open(os.path.join(self.folder, "B.Tests.trx"), "w", encoding="utf-8") as file:
            file.write("<TestRun><Results>")
        counts, problems, _ = self.judge(0, ["A.Tests"])
        self.assertEqual(((1, 0, 0), ["the report B.Tests.trx cannot be read"]), (counts, problems))

    def test_tests_that_ran_when_a_project_hung_are_named(self):
        with open(os.path.join(self.folder, "A.Tests_1_hang.log"), "w", encoding="utf-8") as file:
            file.write("[00:08:00] A.Tests.T.M\n")
        self.assertIn("it hung while this test ran: [00:08:00] A.Tests.T.M", self.judge(7, ["A.Tests"])[1])

    def test_failed_run_without_failed_test_is_a_problem(self):
        write(self.folder, "A.Tests", [("M", "A.Tests.T.M", "Passed", 1, "")])
        self.assertIn("dotnet test ended with 2", self.judge(2, ["A.Tests"])[1][0])

    def test_many_failures_are_not_run_again(self):
        names = [f"A.Tests.T.M{number}" for number in range(tests.MOST_RERUNS + 1)]
        write(self.folder, "A.Tests", [(name.rsplit(".")[-1], name, "Failed", 1, "") for name in names])
        self.assertEqual((0, len(names), 0), self.judge(2, ["A.Tests"], good=names)[0])

    def test_row_of_a_theory_runs_alone(self):
        row = "A.Tests.T.M(x: 1)"
        alone = ["--filter-method", "A.Tests.T.M", "--filter-display-name", row]
        self.assertEqual((True, [alone]), self.rerun(row, (0, [(row, "Passed")])))
        self.assertEqual((False, [alone]), self.rerun(row, (2, [(row, "Failed")])))

    def test_row_that_no_filter_finds_runs_with_its_theory(self):
        row, other, method = "A.Tests.T.M(x: 1)", "A.Tests.T.M(x: 2)", ["--filter-method", "A.Tests.T.M"]
        self.assertEqual(method, self.rerun(row, (8, []), (0, [(row, "Passed")]))[1][1])
        self.assertEqual((True, [method]), self.rerun("A.Tests.T.M(x: *)", (2, [("A.Tests.T.M(x: *)", "Passed"), (other, "Failed")])))
        self.assertFalse(self.rerun("A.Tests.T.M(x: *)", (2, [("A.Tests.T.M(x: *)", "Failed"), (other, "Passed")]))[0])

    def test_row_with_another_name_in_every_run_passes_when_all_rows_do(self):
        row, other = "A.Tests.T.M(x: 1)", "A.Tests.T.M(x: 2)"
        self.assertTrue(self.rerun(row, (8, []), (0, [(other, "Passed")]))[0])
        self.assertFalse(self.rerun(row, (8, []), (2, [(other, "Failed")]))[0])

    def test_test_that_takes_its_process_with_it_has_failed(self):
        self.assertFalse(self.rerun("A.Tests.T.M", (1, [("A.Tests.T.M", "Passed")]))[0])

    def test_test_that_is_not_found_again_has_failed(self):
        self.assertFalse(self.rerun("A.Tests.T.M", (8, []))[0])


if __name__ == "__main__":
    unittest.main()
