#!/usr/bin/env bash
# Shows in which order a daemon syncs and sends, and kills it in the middle of a sync.
source "$(dirname "$0")/_debian.sh"
need strace strace
