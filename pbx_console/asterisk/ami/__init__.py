"""Asterisk's manager interface: a feed to look at and a way to say "look again"."""
