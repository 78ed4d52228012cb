#!/usr/bin/env bash
# poppler-data holds the Korean character maps without which pdftotext reads nothing.
source "$(dirname "$0")/_debian.sh"
need pdftotext poppler-utils poppler-data
need qpdf qpdf
