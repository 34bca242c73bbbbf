"""The checkout service with its six peers, and what a shop front says to it."""
import os
import sys
import time

import grpc

from shop import (ADDRESS, CARD, PEERS, Address, Channel, CreditCardInfo, M, Peers, Process, eventually, free_port, programs as
                  peer_programs, run)


def programs():
    peer = peer_programs()
    return {**peer, "service": os.path.join(os.path.dirname(peer["peer"]), "checkoutservice")}


class Shop(Peers):
    """With the service. `more` is its environment beyond the addresses."""

    def __init__(self, programs, more):
        super().__init__(programs)
        self.port = free_port()
        self.env = {"PATH": os.environ["PATH"], "PORT": str(self.port),
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                    "CHECKOUT_READ_TIMEOUT": "1500ms", "CHECKOUT_CHARGE_TIMEOUT": "1500ms",
                    "CHECKOUT_SHIP_TIMEOUT": "1500ms", "CHECKOUT_EMPTY_CART_TIMEOUT": "500ms",
                    "CHECKOUT_EMAIL_TIMEOUT": "500ms", "CHECKOUT_PAYMENT_READY_TIMEOUT": "1500ms", **more}
        for name, variable in PEERS.items():
            self.env[variable] = f"127.0.0.1:{self.ports[name]}"
        self.service = self.start_service()
        self.channel = Channel(self.port)
        self.wait_until_serving()

    def start_service(self, **more):
        return Process([self.programs["service"]], {**self.env, **more}, f"{self.folder}/service.out")

    def another(self, name, **more):
        """One more replica, or one that is set up otherwise, and how to speak to it."""
        port = free_port()
        process = Process([self.programs["service"]], {**self.env, "PORT": str(port), **more}, f"{self.folder}/{name}.out")
        return process, Channel(port)

    def processes(self):
        return [self.service, *super().processes()]

    def request(self, user, **changes):
        fields = dict(user_id=user, user_currency="USD", address=Address(**ADDRESS), email="someone@example.com",
                      credit_card=CreditCardInfo(**CARD))
        fields.update(changes)
        return M["PlaceOrderRequest"](**{name: value for name, value in fields.items() if value is not None})

    def place(self, user, metadata=(), timeout=20, **changes):
        return self.channel.call("/hipstershop.CheckoutService/PlaceOrder", self.request(user, **changes),
                                 "PlaceOrderResponse", timeout, metadata).order

    def place_later(self, user, metadata=(), timeout=20, wait=False, **changes):
        return self.channel.future("/hipstershop.CheckoutService/PlaceOrder", self.request(user, **changes),
                                   "PlaceOrderResponse", timeout, metadata, wait)

    def refusal(self, user, **arguments):
        """(status as an integer, message, trailing metadata) of an order that must fail."""
        try:
            order = self.place(user, **arguments)
        except grpc.RpcError as problem:
            trailing = {key: value for key, value in problem.trailing_metadata() or ()}
            return problem.code().value[0], problem.details(), trailing
        raise AssertionError(f"an order was placed: {order}")

    def expect_refusal(self, user, status, prefix, reason, **arguments):
        got, message, trailing = self.refusal(user, **arguments)
        assert got == status, (got, message)
        assert message.startswith(prefix), message
        assert trailing.get("checkout-reason") == reason, trailing
        assert trailing.get("checkout-retryable") in ("true", "false"), trailing
        return message, trailing

    def health(self, name="", timeout=5, channel=None):
        return (channel or self.channel).call("/grpc.health.v1.Health/Check", M["HealthCheckRequest"](service=name),
                                 "HealthCheckResponse", timeout, wait=True).status

    def wait_until_serving(self, seconds=30):
        def serves():
            assert self.service.process.poll() is None, self.service.text()[-3000:]
            try:
                return self.health("hipstershop.CheckoutService") == 1
            except grpc.RpcError:
                return False

        eventually(serves, seconds, "readiness")


def main(tests, more):
    sys.exit(1 if run(tests, lambda: Shop(programs(), more), sys.argv[1:]) else 0)
