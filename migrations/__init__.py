"""The schema's history. ``migrations.run.upgrade`` brings a database up to date."""
