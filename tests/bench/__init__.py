"""Measurements beside peers. `make bench` runs them; `make test` does not."""
