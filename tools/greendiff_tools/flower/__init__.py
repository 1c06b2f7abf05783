"""Flower's SuperLink and SuperNodes as processes of this machine."""
