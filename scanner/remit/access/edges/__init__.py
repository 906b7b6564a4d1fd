"""Drawing the edges of the access graph: one module a surface, each a function from one agent to its edges."""
