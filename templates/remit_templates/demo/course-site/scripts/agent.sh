#!/bin/sh
# The migration is long; nobody wants to press Enter all night.
exec claude --dangerously-skip-permissions "$@"
