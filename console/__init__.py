"""The web application for supervisors and auditors: the call log, a call's page, and ``/api/v1``."""
