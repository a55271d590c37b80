"""Day rates of the invented foreign exchange, in place of the XE.com rates that Xero takes when no rate is sent (fact 8.3)."""

from datetime import date
from decimal import Decimal

from crossfoot_sandbox.faults import draw
from crossfoot_sandbox.xero.shape import rounded

PLACES = 6  # of a rate: [18].[6]
_PER_USD = {
    "AUD": Decimal("1.5317"),
    "CAD": Decimal("1.3892"),
    "CHF": Decimal("0.8843"),
    "EUR": Decimal("0.9214"),
    "GBP": Decimal("0.7883"),
    "HKD": Decimal("7.7821"),
    "JPY": Decimal("154.37"),
    "KWD": Decimal("0.3072"),
    "NZD": Decimal("1.6969"),
    "SGD": Decimal("1.3421"),
    "USD": Decimal(1),
    "ZAR": Decimal("17.942"),
}
_FAR = Decimal("0.5")  # a rate this share away from the day's looks wrong (assumed)


def day_rate(currency: str, base: str, day: date) -> Decimal:
    """Units of `currency` for one unit of `base`, six decimals; a different one each day, the same one for ever."""
    if currency == base:
        return Decimal("1.0")
    drift = Decimal(1) + (Decimal(int(draw("day rate", currency, base, day) * 4_000)) - 2_000) / 100_000
    rate = _PER_USD.get(currency, Decimal(1)) / _PER_USD.get(base, Decimal(1)) * drift
    return rounded(rate, PLACES)


def suspicious(rate: Decimal, currency: str, base: str, day: date) -> bool:
    """Whether Xero would warn of this rate, which it does since 7 April 2026; how far off a rate must be is not documented."""
    usual = day_rate(currency, base, day)
    return abs(rate - usual) > usual * _FAR
