"""The back ends in memory: the same answers as Postgres gives, for simulated calls on a virtual clock."""
