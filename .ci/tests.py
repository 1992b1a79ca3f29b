"""Runs `dotnet test`, then each failed test once more alone, and says what is worth knowing of the run.

Usage: tests.py COUNTS SECONDS [ARGUMENTS OF dotnet test]

The file COUNTS gets how many tests passed, failed and were skipped. SECONDS is how long the run may take. The exit code is 0 if all is
well. It is our own code because the extension of Microsoft.Testing.Platform that runs tests again is not free software.
"""
import collections
import glob
import os
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

import limited

NAMESPACE = {"t": "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"}
OPTIONS = ["-c", "Release", "--no-build", "--no-ansi", "--no-progress", "--report-trx"]

# A project in which no test ends for so long is killed, and what ran in it is named. The others go on.
HANG = ["--hangdump", "--hangdump-timeout", "8m", "--hangdump-type", "None"]

# What `dotnet test` ends with when tests failed and nothing else happened. A project that crashed or hung gives another code,
# even if tests failed, too.
TESTS_FAILED = 2

# More than this are no flaky tests: something is broken. All of them together get this long.
MOST_RERUNS = 20
RERUN_SECONDS = 600

Test = collections.namedtuple("Test", "project method name outcome seconds reason")


def say(text):
    print(text, flush=True)


def read(report):
    """The tests in one report."""
    root = xml.parse(report).getroot()
    methods = {}
    for definition in root.iterfind(".//t:UnitTest", NAMESPACE):
        method = definition.find("t:TestMethod", NAMESPACE)
        project = os.path.splitext(os.path.basename(method.get("codeBase").replace("\\", "/")))[0]
        methods[definition.get("id")] = (project, f"{method.get('className')}.{method.get('name')}")

    for result in root.iterfind(".//t:UnitTestResult", NAMESPACE):
        project, method = methods[result.get("testId")]
        hours, minutes, seconds = (result.get("duration") or "0:0:0").split(":")
        yield Test(
            project, method, result.get("testName"), result.get("outcome"),
            int(hours) * 3600 + int(minutes) * 60 + float(seconds), reason(result))


def reason(result):
    """Why a test failed, on one line, or was skipped, which is the last line after whatever it wrote itself."""
    failure = result.findtext(".//t:Message", "", NAMESPACE).split("\n")[0].strip()
    written = result.findtext(".//t:StdOut", "", NAMESPACE).strip().split("\n")
    return failure or (written[-1].strip() if result.get("outcome") == "NotExecuted" else "")


def read_all(folder):
    """The tests in all reports of a folder, and the names of reports that cannot be read."""
    tests, broken = [], []
    for report in sorted(glob.glob(os.path.join(folder, "*.trx"))):
        try:
            tests += list(read(report))
        except (xml.ParseError, AttributeError, KeyError, ValueError):
            broken.append(os.path.basename(report))
    return tests, broken


def running_when_it_hung(folder):
    """The tests that ran when a project was killed because no test of it had ended for long."""
    for log in sorted(glob.glob(os.path.join(folder, "*_hang.log"))):
        with open(log, encoding="utf-8", errors="replace") as file:
            yield from (line.strip() for line in file if line.strip())


def rerun(test, folder, deadline):
    """Runs one test alone and returns whether it passed."""
    # A filter finds a row of a theory by its name. It does not if the name has a star, which is a wildcard, or changes in every run. Then
    # all rows run.
    by_name = ["--filter-display-name", test.name] if test.name != test.method and "*" not in test.name else []
    for more in [by_name, []] if by_name else [[]]:
        reports = os.path.join(folder, "row" if more else "method")
        code = limited.run(
            ["dotnet", "test", "--project", os.path.join("tests", test.project), *OPTIONS, "--results-directory", reports,
             "--filter-method", test.method, *more],
            max(1, deadline - time.monotonic()))
        results, broken = read_all(reports)
        named = [result for result in results if result.name == test.name]
        if named or not more:
            good = bool(results) and not broken and all(result.outcome == "Passed" for result in named or results)
            # A test that takes its process with it has not passed, whatever it reported before. Other rows may fail: they have their
            # own turn.
            others_failed = bool(named) and any(result.outcome not in ("Passed", "NotExecuted") for result in results)
            return good and code == (TESTS_FAILED if others_failed else 0)


def expected_projects(arguments):
    """The projects that must have reported: the one that is named, or all of them."""
    if "--project" in arguments:
        return {os.path.basename(os.path.normpath(arguments[arguments.index("--project") + 1]))}
    return {os.path.splitext(os.path.basename(project))[0] for project in glob.glob("tests/*/*.Tests.csproj")}


def judge(folder, code, expected, run_again=rerun):
    """Returns the counts, and what is wrong beyond failed tests."""
    tests, broken = read_all(folder)
    passed = [test for test in tests if test.outcome == "Passed"]
    skipped = [test for test in tests if test.outcome == "NotExecuted"]
    failed = [test for test in tests if test.outcome not in ("Passed", "NotExecuted")]
    problems = [f"the report {report} cannot be read" for report in broken]
    problems += [f"it hung while this test ran: {name}" for name in running_when_it_hung(folder)]
    problems += [f"{project} reported nothing" for project in sorted(expected - {test.project for test in tests})]
    if code != (TESTS_FAILED if failed else 0):
        problems.append(f"dotnet test ended with {code}: a project crashed, hung or could not end")

    say(f"\n-- the slowest of {len(tests)} tests")
    for test in sorted(tests, key=lambda test: -test.seconds)[:10]:
        say(f"{test.seconds:7.1f} s  {test.name}")

    if skipped:
        say("\n-- skipped")
        for test in skipped:
            say(f"{test.name}: {test.reason or 'explicit, runs only when it is asked for'}")

    flaky, still_failed = [], failed
    if len(failed) > MOST_RERUNS:
        say(f"\n-- {len(failed)} tests failed: too many to run each once more")
    elif failed:
        say("\n-- failed, and run once more alone")
        still_failed = []
        deadline = time.monotonic() + RERUN_SECONDS
        for number, test in enumerate(failed):
            say(f"again: {test.name}")
            good = run_again(test, os.path.join(folder, f"again-{number}"), deadline)
            (flaky if good else still_failed).append(test)

    for test in flaky:
        say(f"FLAKY: {test.name}: failed, then passed alone. It counts as passed; mend it before the next change. First: {test.reason}")
    for test in still_failed:
        say(f"FAILED: {test.name}: {test.reason}")

    return (len(passed) + len(flaky), len(still_failed), len(skipped)), problems


def main(counts_file, seconds, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        # One project after the other: two cores that run all of them at once make every wait in them long.
        code = limited.run(
            ["dotnet", "test", *OPTIONS, *HANG, "--max-parallel-test-modules", "1", "--results-directory", folder, *arguments],
            float(seconds))
        counts, problems = judge(folder, code, expected_projects(arguments))
    for problem in problems:
        say(f"problem: {problem}")
    with open(counts_file, "w", encoding="ascii") as file:
        print(*counts, file=file)
    return 1 if problems or counts[1] else 0


if __name__ == "__main__":
    limited.listen()
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(*sys.argv[1:]))
