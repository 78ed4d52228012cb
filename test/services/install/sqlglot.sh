#!/usr/bin/env bash
# Reads Oracle's SQL, so that a fault of syntax shows where no Oracle runs.
source "$(dirname "$0")/_python.sh"
tool sqlglot==30.30.0
