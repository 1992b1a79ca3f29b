"""Reads the reports of a test run, runs each failed test once more alone, and says what is worth knowing.

Usage: tests.py RESULTS EXIT_CODE [ARGUMENTS OF dotnet test]

RESULTS is the folder with the reports (*.trx), EXIT_CODE what `dotnet test` ended with. The file RESULTS/counts then holds the tests that passed, failed
and were skipped. The exit code is 0 if all is well. Our own code, because the extension of Microsoft.Testing.Platform that retries is not free software.
"""
import collections
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

NAMESPACE = {"t": "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"}

# What `dotnet test` ends with when tests failed and nothing else happened; a project that crashed or hung ends with another code.
TESTS_FAILED = 2

# More than this are no flaky tests: something is broken, and each of them could take as long as it likes.
MOST_RERUNS = 20
RERUN_SECONDS = 600

Test = collections.namedtuple("Test", "project method name outcome seconds reason")


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
        text = result.findtext(".//t:Message", "", NAMESPACE) or result.findtext(".//t:StdOut", "", NAMESPACE)
        yield Test(
            project, method, result.get("testName"), result.get("outcome"),
            int(hours) * 3600 + int(minutes) * 60 + float(seconds), text.strip().splitlines()[0] if text.strip() else "")


def read_all(folder):
    return [test for report in sorted(glob.glob(os.path.join(folder, "*.trx"))) for test in read(report)]


def rerun(test, folder):
    """Runs one test alone and returns whether it passed."""
    command = [
        "dotnet", "test", "--project", os.path.join("tests", test.project), "-c", "Release", "--no-build", "--no-ansi", "--no-progress",
        "--report-trx", "--results-directory", folder, "--filter-method", test.method]
    # A row of a theory is named by its arguments. A star is a wildcard at either end of a name, and line breaks do not survive.
    if test.name != test.method and not re.search(r"^\*|\*$|\s\s|[\r\n\t]", test.name):
        command += ["--filter-display-name", test.name]
    try:
        subprocess.run(command, timeout=RERUN_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    again = [result for result in read_all(folder) if result.name == test.name]
    return bool(again) and all(result.outcome == "Passed" for result in again)


def expected_projects(arguments):
    """The projects that must have reported: the one that is named, or all of them."""
    if "--project" in arguments:
        return {os.path.basename(os.path.normpath(arguments[arguments.index("--project") + 1]))}
    return {os.path.splitext(os.path.basename(project))[0] for project in glob.glob("tests/*/*.Tests.csproj")}


def judge(folder, code, expected, run_again=rerun, say=print):
    """Returns the counts and what is wrong beyond failed tests."""
    tests = read_all(folder)
    passed = [test for test in tests if test.outcome == "Passed"]
    skipped = [test for test in tests if test.outcome == "NotExecuted"]
    failed = [test for test in tests if test.outcome not in ("Passed", "NotExecuted")]
    problems = [f"{project} reported nothing" for project in sorted(expected - {test.project for test in tests})]
    if code != (TESTS_FAILED if failed else 0):
        problems.append(f"dotnet test ended with {code}")

    say(f"\n-- the slowest of {len(tests)} tests")
    for test in sorted(tests, key=lambda test: -test.seconds)[:10]:
        say(f"{test.seconds:7.1f} s  {test.name}")

    if skipped:
        say("\n-- skipped")
        for test in skipped:
            say(f"{test.name}{': ' + test.reason if test.reason else ''}")

    flaky, still_failed = [], failed
    if len(failed) > MOST_RERUNS:
        say(f"\n-- {len(failed)} tests failed: too many to run each once more")
    elif failed:
        say("\n-- failed, and run once more alone")
        still_failed = []
        for number, test in enumerate(failed):
            good = run_again(test, os.path.join(folder, f"again-{number}"))
            (flaky if good else still_failed).append(test)

    for test in flaky:
        say(f"FLAKY: {test.name}: failed, then passed alone. It counts as passed; mend it before the next change. First: {test.reason}")
    for test in still_failed:
        say(f"FAILED: {test.name}: {test.reason}")

    return (len(passed) + len(flaky), len(still_failed), len(skipped)), problems


def main(arguments):
    folder, code, rest = arguments[0], int(arguments[1]), arguments[2:]
    counts, problems = judge(folder, code, expected_projects(rest))
    for problem in problems:
        print(f"problem: {problem}")
    with open(os.path.join(folder, "counts"), "w", encoding="ascii") as file:
        print(*counts, file=file)
    return 1 if problems or counts[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
