"""Hashes that are checked within a millisecond: tests sign in hundreds of times."""

from argon2 import PasswordHasher


def quick(password: str) -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
