#!/bin/sh
# The move takes all night, and nobody wants to press Enter.
exec claude --dangerously-skip-permissions "$@"
