"""Carries events to other programs: which addresses may be reached, how a delivery is signed and sent."""

from assistant.webhooks.carry import HttpCourier

__all__ = ["HttpCourier"]
