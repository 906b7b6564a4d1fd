"""Role and grant SQL in repositories, replayed into one model of rights."""
