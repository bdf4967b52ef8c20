"""Brands by host."""
