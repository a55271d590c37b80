"""The currencies of a portal and what they are worth in its own (HubSpot fact 7.5, currencies guide)."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from crossfoot_sandbox.hubspot.times import iso

_ALL = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD
MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
_NO_CENTS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
CODES: Final = frozenset(_ALL.split())
NAMES: Final = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "EUR": "Euro",
    "GBP": "Pound Sterling",
    "JPY": "Yen",
    "NZD": "New Zealand Dollar",
    "SGD": "Singapore Dollar",
    "USD": "US Dollar",
}
_WITHOUT_CENTS = frozenset(_NO_CENTS.split())
_THREE_DIGITS = frozenset(_THREE.split())
RATE_DIGITS = 6
WIDE = Context(prec=10_000)  # HubSpot takes numbers of any size; three of a thousand digits may be multiplied


def digits(code: str) -> int:
    """How many decimals an amount in this currency has (ISO 4217)."""
    return 0 if code in _WITHOUT_CENTS else 3 if code in _THREE_DIGITS else 2


def rounded(amount: Decimal, code: str) -> Decimal:
    """The amount in the smallest unit of its currency, half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-digits(code)), ROUND_HALF_UP, WIDE)


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of a currency was worth in the portal's own, from a moment on."""

    id: str
    code: str
    home: str
    rate: Decimal
    effective: int
    created: int
    updated: int
    visible: bool = True

    def json(self) -> dict[str, Any]:
        """As the currencies API shows it; the rate is a JSON number."""
        return {
            "id": self.id,
            "fromCurrencyCode": self.code,
            "toCurrencyCode": self.home,
            "conversionRate": self.rate,
            "effectiveAt": iso(self.effective),
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "visibleInUI": self.visible,
        }


class Currencies:
    """The portal's own currency and those it added, with all their rates."""

    def __init__(self, home: str, opened: int) -> None:
        self.home = home
        self.opened = opened
        self.rates: dict[str, ExchangeRate] = {}

    def added(self) -> list[str]:
        """The currencies beside the portal's own, in the order of their adding."""
        return list(dict.fromkeys(rate.code for rate in self.rates.values() if rate.code != self.home))

    def codes(self) -> frozenset[str]:
        """The currencies that amounts may be in."""
        return frozenset((self.home, *self.added()))

    def add(self, code: str, rate: Decimal, now: int, effective: int | None = None) -> ExchangeRate:
        """A new rate, and with its first one a new currency."""
        number = str(70_000_001 + len(self.rates))
        at = now if effective is None else effective
        self.rates[number] = ExchangeRate(number, code, self.home, rate, at, now, now)
        return self.rates[number]

    def change(self, rate_id: str, rate: Decimal, now: int, effective: int | None = None) -> ExchangeRate:
        """Another worth for a rate that exists."""
        found = self.rates[rate_id]
        at = found.effective if effective is None else effective
        self.rates[rate_id] = replace(found, rate=rate, effective=at, updated=now)
        return self.rates[rate_id]

    def show(self, code: str, now: int, *, visible: bool) -> None:
        """Offer a currency to people in the pages, or hide it from them."""
        for rate_id, rate in self.rates.items():
            if rate.code == code:
                self.rates[rate_id] = replace(rate, visible=visible, updated=now)

    def current(self, now: int) -> list[ExchangeRate]:
        """The rate of each added currency that counts now."""
        found = [self.rate(code, now) for code in self.added()]
        return [rate for rate in found if rate is not None]

    def rate(self, code: str, now: int) -> ExchangeRate | None:
        """The youngest rate of a currency that has begun."""
        begun = [rate for rate in self.rates.values() if rate.code == code and rate.effective <= now]
        return max(begun, key=lambda rate: (rate.effective, int(rate.id)), default=None)

    def worth(self, code: str, now: int) -> Decimal | None:
        """One unit in the portal's own currency; None for a currency it does not have."""
        if code == self.home:
            return Decimal(1)
        found = self.rate(code, now)
        return None if found is None else found.rate
