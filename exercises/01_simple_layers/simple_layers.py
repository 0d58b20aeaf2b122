"""The two simplest nodes of a computational graph: multiply and add."""


def bill(apple_price: float, apples: float = 2, tax: float = 1.1) -> float:
    """What the apples cost, tax included.

    Parameters
    ----------
    apple_price : float
        Price of one apple, in yen.
    apples : float, default 2
        How many are bought.
    tax : float, default 1.1
        The factor that the consumption tax puts on the price.

    Returns
    -------
    float
        The bill in yen: for an apple at 100 it is 220 (and a last digit that lesson 01 explains).
    """
    return apple_price * apples * tax


class MulLayer:
    """A multiply node: two numbers in, their product out.

    Attributes
    ----------
    x, y : float or None
        The inputs of the latest `forward`: backward needs them. None before it.
    """

    def __init__(self) -> None:
        self.x: float | None = None
        self.y: float | None = None

    def forward(self, x: float, y: float) -> float:
        """Multiply, and remember both inputs for the way back.

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

        When x grows by 1, x * y grows by y; so what flows back to x is dout times *the other*
        input, and the same holds for y.

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
        # TODO: the warm-up. The line below stands for these three: put them in its place, and fill
        # in the two blanks.
        #
        #     dx = dout * ___
        #     dy = dout * ___
        #     return dx, dy
        raise NotImplementedError("MulLayer.backward: fill in the two blanks")


class AddLayer:
    """An add node: two numbers in, their sum out. It has nothing to remember."""

    def forward(self, x: float, y: float) -> float:
        """Add.

        Parameters
        ----------
        x, y : float
            The two inputs.

        Returns
        -------
        float
            ``x + y``: ``forward(200, 450)`` is 650.
        """
        # TODO: answer with the sum.
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
        # TODO: compute dx and dy, and answer with both.
        raise NotImplementedError("AddLayer.backward: return dx and dy")


if __name__ == "__main__":
    growth = bill(101) - bill(100)
    print(f"An apple that costs one yen more makes the bill grow by {growth:.1f} yen.")
