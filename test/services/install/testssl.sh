#!/usr/bin/env bash
source "$(dirname "$0")/_debian.sh"
need testssl testssl.sh
need hexdump bsdextrautils
