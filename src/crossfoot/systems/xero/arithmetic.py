"""How Xero adds up a document (Xero fact 8.1; developer.xero.com, "Rounding in Xero")."""

from decimal import ROUND_HALF_UP

from crossfoot.model.arithmetic import Arithmetic, Discounts, TaxRounding

ARITHMETIC = Arithmetic(
    title="Xero",
    digits=2,  # fact 8.3: every currency travels with two, JPY and KWD too
    half=ROUND_HALF_UP,  # not documented: nothing may depend on it
    unit_digits=4,  # with `unitdp=4` on reading and writing, as we always ask
    inclusive=True,
    discounts=Discounts.TOGETHER,
    discount_per_unit=False,
    tax=TaxRounding.LINE,
    overrides=True,
)
