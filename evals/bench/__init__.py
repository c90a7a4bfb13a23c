"""Figures of this machine, one JSON line each, with the limit or the peer they are held against: `make bench`."""
