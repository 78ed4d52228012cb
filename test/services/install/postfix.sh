#!/usr/bin/env bash
# A relay as companies run it; libsasl2 lets it ask for a password.
source "$(dirname "$0")/_debian.sh"
PATH=$PATH:/usr/sbin
need postfix postfix
need saslpasswd2 sasl2-bin libsasl2-modules libsasl2-modules-db
