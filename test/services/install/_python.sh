# Sourced by the scripts beside it: `tool <package>==<version>` puts a Python tool into a folder of this checkout.
set -euo pipefail

tool() {
  local folder
  folder="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/node_modules/.cache/tank-python"
  [ -x "$folder/bin/pip" ] || python3 -m venv "$folder"
  local name=${1%%==*} version=${1##*==}
  if [ "$("$folder/bin/pip" show "$name" 2>/dev/null | sed -n 's/^Version: //p')" = "$version" ]; then return; fi
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$1"
}
