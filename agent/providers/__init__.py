"""Vendors behind our ports, one folder each. A vendor's types and exceptions never leave its folder."""
