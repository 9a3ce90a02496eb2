"""A heap of 5.6 million objects that lie in memory as a program makes them: what a service has in its tables."""


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [(number, f"line {number}"), {"sku": str(number), "price": float(number)}]
        self.next = None


ORDERS = [Order(number) for number in range(700_000)]
BY_NUMBER = {order.number: order for order in ORDERS}
