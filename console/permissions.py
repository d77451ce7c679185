"""Every permission a route can ask for. Plain words, so that any package's routes can name one."""

from __future__ import annotations

OPEN = "open"
"""anybody: the sign-in form and its style"""

CALLS_READ = "calls:read"
"""an API token with this scope, or a signed-in person's session that has it"""

CALLS_STEER = "calls:steer"
"""a token or session that may also give orders to live calls"""

METRICS_READ = "metrics:read"
"""a token that may read this process's figures, as Prometheus does"""

CALLS_SEE = "calls:see"
"""the same for pages: who is not signed in is led to the form"""
