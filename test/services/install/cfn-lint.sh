#!/usr/bin/env bash
# Checks the CloudFormation template against the published schemas of its resources.
source "$(dirname "$0")/_python.sh"
tool cfn-lint==1.58.0
