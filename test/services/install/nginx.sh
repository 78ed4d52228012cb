#!/usr/bin/env bash
# Stands before a daemon and tells who calls, while callers claim to be somebody else.
source "$(dirname "$0")/_debian.sh"
need nginx nginx-light
