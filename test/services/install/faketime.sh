#!/usr/bin/env bash
# A clock that tests can turn, for one process alone.
source "$(dirname "$0")/_debian.sh"
need faketime faketime libfaketime
