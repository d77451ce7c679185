"""What providers charge: a dated table, in a file of ours or of the operator's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from calls.errors import ConfigurationError, Stage
from calls.provision import Unit

SHIPPED: Final = Path(__file__).with_name("prices.yaml")
_UNITS: Final[dict[str, tuple[Unit, float]]] = {
    "audio_minute": ("audio_seconds", 60.0),
    "characters_1k": ("characters", 1_000.0),
    "request": ("requests", 1.0),
    "tokens_fresh_1m": ("tokens_fresh", 1e6),
    "tokens_cached_1m": ("tokens_cached", 1e6),
    "tokens_stored_1m": ("tokens_stored", 1e6),
    "tokens_written_1m": ("tokens_written", 1e6),
}
"""key of the table -> what is counted, and how many of it the price is for"""

TYPICAL: Final[dict[Stage, dict[Unit, float]]] = {
    "hearing": {"audio_seconds": 60},
    "understanding": {"requests": 4, "tokens_fresh": 2_000, "tokens_cached": 4_000, "tokens_written": 400},
    "speaking": {"characters": 500},
}
"""A minute of a call, for telling who is cheaper."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The table."""

    dated: str
    minute_usd: float
    """the carrier's"""
    providers: Mapping[str, Mapping[Unit, float]]
    """US dollars for one of each unit"""

    def cost(self, provider: str, amounts: Mapping[Unit, float]) -> float | None:
        """US dollars; None for a provider that the table does not name. This machine's own work costs nothing."""
        if provider == "offline":
            return 0.0
        price = self.providers.get(provider)
        if price is None:
            return None
        return sum(price.get(unit, 0.0) * amount for unit, amount in amounts.items())

    def a_minute(self, stage: Stage, provider: str) -> float:
        """About what a minute of a call costs with it; more than any other when it has no price."""
        cost = self.cost(provider, TYPICAL[stage])
        return float("inf") if cost is None else cost


def read_prices(path: Path | None = None) -> Prices:
    """The table in ``path``, ours by default. Raises ConfigurationError, naming the entry."""
    return _read(path or SHIPPED)


@cache
def _read(path: Path) -> Prices:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as why:
        raise ConfigurationError(f"{path}: cannot be read ({why.strerror}); set SWITCHBOARD_PRICES to a table") from why
    except yaml.YAMLError as why:
        raise ConfigurationError(f"{path}: not YAML; mend the syntax, or begin with {SHIPPED.name} of ours") from why
    if not isinstance(tree, dict) or set(tree) != {"dated", "carrier", "providers"}:
        raise ConfigurationError(f"{path}: the table has dated, carrier and providers; write those three")
    carrier = _amount(path, "carrier: call_minute", _mapping(path, "carrier", tree["carrier"]).get("call_minute"))
    providers = _mapping(path, "providers", tree["providers"])
    return Prices(str(tree["dated"]), carrier, {name: _price(path, name, raw) for name, raw in providers.items()})


def _price(path: Path, name: str, raw: Any) -> dict[Unit, float]:
    given = _mapping(path, name, raw)
    if not given.get("source"):
        raise ConfigurationError(f"{path}: {name} has no source; say where its price stands")
    price: dict[Unit, float] = {}
    for key, value in given.items():
        if key == "source":
            continue
        if key not in _UNITS:
            raise ConfigurationError(f"{path}: {name} has no price by {key!r}; use {', '.join(_UNITS)}")
        unit, each = _UNITS[key]
        price[unit] = _amount(path, f"{name}: {key}", value) / each
    return price


def _mapping(path: Path, what: str, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{path}: {what} must be a mapping; see {SHIPPED.name} of ours")
    return raw


def _amount(path: Path, what: str, raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < 1e6:
        raise ConfigurationError(f"{path}: {what} is {raw!r}; write US dollars, as in 0.05")
    return float(raw)
