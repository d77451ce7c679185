"""What scripts do in the world, on Postgres: the calendar, the service desk, and the receipts of both."""
