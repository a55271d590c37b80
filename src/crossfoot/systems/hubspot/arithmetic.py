"""How HubSpot adds up an invoice or a deal's line items (HubSpot facts 7.1 to 7.3)."""

from decimal import ROUND_HALF_UP

from crossfoot.model.arithmetic import Arithmetic, Discounts, TaxRounding

ARITHMETIC = Arithmetic(
    title="HubSpot",
    digits=None,
    half=ROUND_HALF_UP,  # not documented: nothing may depend on it
    unit_digits=4,  # what the ledger can hold, so that the same price stands on both sides
    inclusive=False,  # fact 7.2: prices are told without tax
    discounts=Discounts.APART,  # the line's amount and its discount are properties of their own, each rounded
    discount_per_unit=True,  # fact 7.1: `discount` is per unit
    tax=TaxRounding.LINE,  # a library rate is kept per line, with its amount; a tax object of the invoice is an adjustment
    overrides=False,  # the amount of tax is calculated and cannot be written
    adjustments=True,  # fact 7.2: discounts, then fees, then taxes of the invoice
    delayed=True,  # fact B1: sums follow a write after a while, and read 0 until then
)
