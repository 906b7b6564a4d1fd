"""What agents may do, and the graph of what they can reach."""
