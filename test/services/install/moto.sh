#!/usr/bin/env bash
# A stand-in for S3 that is not ours.
source "$(dirname "$0")/_python.sh"
tool moto==5.2.5
tool flask==3.1.3
tool flask-cors==6.0.5
