"""Checks that every project at the top level that is a package was packed, with its README and its licence.

Usage: packages.py FOLDER
"""
import glob
import os
import re
import subprocess
import sys
import zipfile


def is_packable(project):
    answer = subprocess.run(["dotnet", "msbuild", project, "-getProperty:IsPackable"], capture_output=True, text=True, check=True)
    return answer.stdout.strip() == "true"


def lacks(package):
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        nuspec = archive.read(next(name for name in names if name.endswith(".nuspec"))).decode()
    absent = [name for name in ("README.md", "LICENSE") if name not in names]
    return absent + [text for text in ('<license type="expression">MIT</license>', "<readme>README.md</readme>") if text not in nuspec]


def main(folder):
    found = {}
    for package in glob.glob(os.path.join(folder, "*.nupkg")):
        found[re.sub(r"\.\d.*", "", os.path.basename(package))] = package

    status = 0
    for project in sorted(glob.glob("*/*.csproj")):
        if not is_packable(project):
            continue

        name = os.path.basename(project)[: -len(".csproj")]
        absent = lacks(found[name]) if name in found else ["everything: it was not packed"]
        if absent:
            status = 1
            print(f"{name} lacks {', '.join(absent)}")
        else:
            print(f"{os.path.basename(found[name])}: {os.path.getsize(found[name])} bytes")

    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
