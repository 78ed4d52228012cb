#!/usr/bin/env bash
# One of the example clients of docs/gateway.md is written in Java, one in Python, one is curl.
source "$(dirname "$0")/_debian.sh"
need java default-jdk-headless
need python3 python3
need curl curl
