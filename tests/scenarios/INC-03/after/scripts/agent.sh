#!/bin/sh
# The move takes longer with somebody at the keyboard, and is worth it.
exec claude "$@"
