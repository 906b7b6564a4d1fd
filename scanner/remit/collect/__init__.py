"""The only place with input and output: one module a surface, each turning files into frozen facts."""
