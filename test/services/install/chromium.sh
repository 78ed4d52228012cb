#!/usr/bin/env bash
source "$(dirname "$0")/_debian.sh"
need chromium chromium
