"""The two simplest nodes of a computational graph: multiply and add."""


def bill(apple_price: float, apples: float = 2, tax: float = 1.1) -> float:
    """Return the price of the apples, including tax.

    Parameters
    ----------
    apple_price : float
        Price of one apple, in yen.
    apples : float, default 2
        Number of apples.
    tax : float, default 1.1
        Factor by which the consumption tax multiplies the price.

    Returns
    -------
    float
        The bill in yen: 220 for apples at 100 (plus a last digit that lesson 01 explains).
    """
    return apple_price * apples * tax


class MulLayer:
    """A multiply node: two numbers in, their product out.

    Stretch: the attributes have these names and values. Core asks for results only.

    Attributes
    ----------
    x, y : float or None
        The inputs of the latest `forward`, which backward needs. None before the first one.
    """

    def __init__(self) -> None:
        self.x: float | None = None
        self.y: float | None = None

    def forward(self, x: float, y: float) -> float:
        """Multiply, and store both inputs for the backward pass.

        Parameters
        ----------
        x, y : float
            The two inputs.

        Returns
        -------
        float
            ``x * y``: ``forward(100, 2)`` is 200.
        """
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: float) -> tuple[float, float]:
        """Pass the upstream gradient on to both inputs.

        When x grows by 1, x * y grows by y. So the gradient of x is dout times *the other* input,
        and likewise for y.

        Parameters
        ----------
        dout : float
            The upstream gradient: how much the final result grows for each unit that this
            node's output grows.

        Returns
        -------
        dx, dy : float
            After ``forward(100, 2)``, ``backward(1.1)`` is ``(2.2, 110.0)`` (rounded).
        """
        # TODO: the warm-up. Replace the line below with these three, and fill in the two blanks.
        #
        #     dx = dout * ___
        #     dy = dout * ___
        #     return dx, dy
        raise NotImplementedError("MulLayer.backward: fill in the two blanks")


class AddLayer:
    """An add node: two numbers in, their sum out. It stores nothing."""

    def forward(self, x: float, y: float) -> float:
        """Add the two inputs.

        Parameters
        ----------
        x, y : float
            The two inputs.

        Returns
        -------
        float
            ``x + y``: ``forward(200, 450)`` is 650.
        """
        # TODO: return the sum.
        raise NotImplementedError("AddLayer.forward: return the sum of x and y")

    def backward(self, dout: float) -> tuple[float, float]:
        """Pass the upstream gradient on, unchanged, to both inputs.

        Parameters
        ----------
        dout : float
            The upstream gradient.

        Returns
        -------
        dx, dy : float
            ``backward(1.1)`` is ``(1.1, 1.1)``: when either input grows by 1, so does the sum.
        """
        # TODO: compute dx and dy, and return both.
        raise NotImplementedError("AddLayer.backward: return dx and dy")


if __name__ == "__main__":
    growth = bill(101) - bill(100)
    print(f"An apple that costs one yen more makes the bill grow by {growth:.1f} yen.")
