"""The officials' pages: signing in, cases and their moves, people, rules, what failed."""
