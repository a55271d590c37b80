"""Dividing amounts so that the parts add up to the whole, to the cent.

The method is that of largest remainders: every part is cut to whole cents, and the cents that are left go one by one to the parts that lost
most, the earlier first. Mirrored amounts give mirrored parts, so that a credit undoes exactly what it credits.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from math import prod

from crossfoot.model.money import EXACT, round_ratio, round_to

ONE = Decimal(1)


def apportion(whole: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Parts of the whole in the proportion of their weights, which may be negative. Without weights that add up to something: equal parts.

    Raises ValueError if the whole has more digits than its parts may have, or if there is nobody to take a part.
    """
    with localcontext(EXACT):
        if round_to(whole, digits) != whole:
            raise ValueError(f"{whole} cannot be divided into parts of {digits} digits.")
        together = sum(weights, Decimal(0))
        if not together:
            weights, together = [ONE] * len(weights), Decimal(len(weights))
        if not weights:
            raise ValueError(f"There is nothing among which to divide {whole}.")
        return share_out([whole * weight for weight in weights], together, whole, digits)


def round_together(
    numerators: Sequence[Decimal], denominators: Sequence[Decimal], digits: int, rounding: str = ROUND_HALF_UP
) -> list[Decimal]:
    """Quotients that are rounded in their sum, once, and shared out so that they add up to it."""
    with localcontext(EXACT):
        if len(numerators) == 1:
            return [round_ratio(numerators[0], denominators[0], digits, rounding)]
        distinct = set(denominators)
        common = prod(distinct, start=ONE)
        others = {each: prod(distinct - {each}, start=ONE) for each in distinct}
        exact = [each * others[below] for each, below in zip(numerators, denominators, strict=True)]
        whole = round_ratio(sum(exact, Decimal(0)), common, digits, rounding)
        return share_out(exact, common, whole, digits)


def share_out(exact: Sequence[Decimal], denominator: Decimal, whole: Decimal, digits: int) -> list[Decimal]:
    """Whole cents near to each `exact / denominator` that add up to `whole`, which is about what the exact ones add up to.

    Cut to whole cents first; then one cent more, or less, to those that lost most by that, and round again while there is something left.
    """
    sign = ONE.copy_sign(denominator)
    cut = [divmod((each * sign).scaleb(digits), abs(denominator)) for each in exact]
    parts = [cents for cents, _ in cut]
    left = whole.scaleb(digits) - sum(parts, Decimal(0))
    step = ONE.copy_sign(left)
    most_lost = sorted(range(len(cut)), key=lambda at: -step * cut[at][1])
    for turn in range(int(abs(left))):
        parts[most_lost[turn % len(cut)]] += step
    return [round_to(part.scaleb(-digits), digits) for part in parts]
