"""Systems of a customer, spoken to over HTTP: looked up and changed as the catalogue says, within a tight fence."""
