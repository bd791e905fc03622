"""Letters to members and reporters, and what became of them."""
