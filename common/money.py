"""Đồng are whole numbers; shares add up to what was shared."""


def share(total_vnd: int, weights: list[int]) -> list[int]:
    """Split `total_vnd` by `weights`, each part rounded down, the remainder to the largest weight.

    Weights are not negative; with no weight at all the first part takes everything. An empty list of
    weights with money to share raises ValueError.
    """
    if not weights:
        if total_vnd:
            raise ValueError("Nothing to share among.")
        return []
    whole = sum(weights)
    if whole == 0:
        return [total_vnd] + [0] * (len(weights) - 1)
    parts = [total_vnd * weight // whole for weight in weights]
    parts[weights.index(max(weights))] += total_vnd - sum(parts)
    return parts


def vnd(amount: int) -> str:
    """185000 → '185.000 ₫', with a no-break space before the sign."""
    return f"{amount:,}".replace(",", ".") + "\u00a0₫"
