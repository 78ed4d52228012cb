# Sourced by the scripts beside it: `need <program> <package>…` installs the packages when the program is not there.
set -euo pipefail

need() {
  local program=$1
  shift
  if command -v "$program" >/dev/null 2>&1; then return; fi
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "$program is missing and there is no apt-get here. Install $* by hand and start again." >&2
    exit 1
  fi
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "$program is missing. Run as root or with password-less sudo, or install: $*" >&2
      exit 1
    fi
    root=(sudo -n)
  fi
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
