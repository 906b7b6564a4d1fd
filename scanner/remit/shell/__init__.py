"""Shell text understood as commands; `remit.commands` is the door."""
