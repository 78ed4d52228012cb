#!/usr/bin/env bash
# A pooler that hands each transaction to whichever server connection is free.
source "$(dirname "$0")/_debian.sh"
need pgbouncer pgbouncer
