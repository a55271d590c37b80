"""How HubSpot adds up an invoice or a deal's line items (HubSpot facts 7.1 to 7.3).

Of discounts its help says (knowledge.hubspot.com/payments/understand-payment-discounts): a price has up to six decimals, and a discount
is rounded to the precision of the currency; 15 % of 11.90 USD are 1.79, and 10.11 are paid.
"""

from decimal import ROUND_HALF_UP

from crossfoot.model.arithmetic import Arithmetic, Discounts, TaxRounding

ARITHMETIC = Arithmetic(
    title="HubSpot",
    digits=None,  # as that page says of discounts
    half=ROUND_HALF_UP,  # as in its example
    unit_digits=6,
    inclusive=False,  # fact 7.2: prices are told without tax
    discounts=Discounts.APART,
    discount_per_unit=True,  # fact 7.1: `discount` is per unit
    tax=TaxRounding.LINE,  # a library rate is kept per line, with its amount; a tax object of the invoice is an adjustment
    overrides=False,  # the amount of tax is calculated and cannot be written
    adjustments=True,  # fact 7.2: discounts, then fees, then taxes of the invoice
    running=True,  # `hs_sort_order` suggests it; not documented
    delayed=True,  # fact B1: sums follow a write after a while, and read 0 until then
)
