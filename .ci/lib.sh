# What .ci/run and .ci/full share: the environment, stages with a time budget, the programs that tests run, and the verdict. It is sourced.
# shellcheck shell=bash

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

work="$(mktemp -d)"

export HOME="${HOME:-$work}"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
# No build server may outlive this script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
server_off=(-p:UseRazorBuildServer=false -p:UseSharedCompilation=false)

# Where Debian keeps servers.
export PATH="$PATH:/usr/local/sbin:/usr/sbin"

problems=()
passed=0 failed=0 skipped=0

# --- Commands that take long run with a limit, and nothing of them outlives this script, whatever ends it.

children=()

# limited MINUTES COMMAND...
limited() {
    local minutes="$1"
    shift
    attend python3 .ci/limited.py "$((minutes * 60))" "$@"
}

# Waits for a command in such a way that a signal to this script is heard at once.
attend() {
    local code=0
    "$@" &
    children+=($!)
    wait $! || code=$?
    unset 'children[-1]'
    return "$code"
}

end_children() {
    if [ "${#children[@]}" -gt 0 ]; then
        kill "${children[@]}" 2>/dev/null || true
        wait || true
    fi
}

trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# --- Stages. Each has a budget in minutes, and its time is printed. A stage over its budget does not fail, since a busy machine must not
# turn a good change red. The output says which stage has grown too long. What is too long for .ci/run moves to .ci/full.

stage_name="" stage_budget=0 stage_start=0
stage_lines=()

minutes() {
    printf '%d:%02d' "$(($1 / 60))" "$(($1 % 60))"
}

end_stage() {
    if [ -n "$stage_name" ]; then
        local took=$((SECONDS - stage_start)) over=""
        if [ "$took" -gt "$((stage_budget * 60))" ]; then
            over="  OVER ITS BUDGET"
        fi
        stage_lines+=("$(printf '%-28s %7s of %3d min%s' "$stage_name" "$(minutes "$took")" "$stage_budget" "$over")")
        stage_name=""
    fi
}

# stage NAME MINUTES
stage() {
    end_stage
    stage_name="$1" stage_budget="$2" stage_start="$SECONDS"
    printf '\n=== %s (%s min)\n' "$1" "$2"
}

step() {
    printf '\n== %s\n' "$*"
}

# --- Programs that tests run. What cannot be installed is reported; the tests that need it skip with a reason.

has_any() {
    local program
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

# Package, then the programs of which one must exist.
wanted=(
    "curl curl"
    "wget wget"
    "python3 python3"
    "unzip unzip"
    "nodejs node nodejs"
    "npm npm"
    "aria2 aria2c"
    "zsh zsh"
    "iproute2 ss"
    "nginx nginx"
    "haproxy haproxy"
    "chromium chromium chromium-browser google-chrome"
    # Ubuntu has this one.
    "dotnet-sdk-10.0 dotnet"
)

missing_packages() {
    local entry package programs
    for entry in "${wanted[@]}"; do
        read -r package programs <<<"$entry"
        # shellcheck disable=SC2086
        if ! has_any $programs; then
            echo "$package"
        fi
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif has_any sudo; then
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    else
        return 1
    fi
}

install_programs() {
    local missing package
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -gt 0 ] && has_any apt-get; then
        echo "missing: ${missing[*]}"
        # timeout, since the other limit is written in Python, which may be missing still.
        as_root timeout -k 10 5m apt-get update -q || echo "apt-get update failed"
        # One at a time: a package this system does not know must not keep the others away.
        for package in "${missing[@]}"; do
            as_root timeout -k 10 10m apt-get install -q -y --no-install-recommends "$package" || echo "could not install $package"
        done
    fi

    mapfile -t missing < <(missing_packages)
    echo "still missing: ${missing[*]:-nothing}"
    has_any python3 || give_up "python3 is needed to run the tests and read their reports"
    # An SDK that global.json takes. Debian has no package of it: https://dot.net
    dotnet --version >/dev/null || give_up "the .NET SDK of global.json is needed, from https://dot.net"

    # PowerShell comes as a .NET tool. A later one may need a later .NET.
    if ! has_any pwsh; then
        limited 3 dotnet tool install PowerShell --version '7.6.*' --tool-path "$work/tools" || echo "could not install PowerShell"
        export PATH="$PATH:$work/tools"
    fi
}

# Nothing after it makes sense when it fails.
build() {
    step "restore"
    limited 5 dotnet restore Beam.slnx || give_up "the restore failed"
    step "build"
    limited 10 dotnet build Beam.slnx -c Release --no-restore "${server_off[@]}" || give_up "the build failed"
}

give_up() {
    problems+=("$1")
    exit 1
}

# test_run MINUTES ARGUMENTS...: runs `dotnet test` with ARGUMENTS, on what was built, and each failed test once more alone.
# Adds to the counts.
test_run() {
    local limit="$1" counts
    shift
    rm -f "$work/counts"
    attend python3 .ci/tests.py "$work/counts" "$((limit * 60))" "$@" || problems+=("tests failed, or not all of them ran: see above")
    if read -r -a counts 2>/dev/null <"$work/counts"; then
        passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
    else
        problems+=("the tests' reports could not be read")
    fi
}

# --- The verdict, however this script ends: the time of each stage and what went wrong. The last line says how many tests passed, failed
# and were skipped.

verdict() {
    local code=$?
    trap - EXIT
    end_children
    if [ "$code" -ne 0 ] && [ "${#problems[@]}" -eq 0 ]; then
        problems+=("ended with $code in the stage \"$stage_name\"")
    fi

    end_stage
    step "stages"
    printf '%s\n' "${stage_lines[@]}"
    printf '%-28s %7s\n' "all" "$(minutes "$SECONDS")"
    rm -rf "$work"

    step "result"
    if [ "${#problems[@]}" -eq 0 ] && [ "$((passed + failed))" -eq 0 ]; then
        problems+=("no test ran")
    fi

    if [ "${#problems[@]}" -gt 0 ]; then
        printf 'problem: %s\n' "${problems[@]}"
    fi

    local summary="$passed passed, $failed failed"
    if [ "$skipped" -gt 0 ]; then
        summary="$summary, $skipped skipped"
    fi

    echo "$summary"
    [ "${#problems[@]}" -eq 0 ] && [ "$failed" -eq 0 ] && exit 0
    exit 1
}

trap verdict EXIT
