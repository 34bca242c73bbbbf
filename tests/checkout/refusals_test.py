#!/usr/bin/env python3
"""The rows of the contract that need no store: what is ordered and charged, what is refused and in which words. On a
service that forgets orders (CHECKOUT_WITHOUT_STORE=1), by a client that knows the contract's tables only."""
import subprocess
import threading
import time

import grpc

from service import main, programs
from shop import ADDRESS, CARD, Address, CreditCardInfo, M, eventually, money

MUG, SUNGLASSES, WATCH, JAR = "6E92ZMYYFZ", "OLJCESPC7Z", "1YMWWN1N4O", "9SIQT8TOJO"
CHARGE = "failed to charge card: could not charge the card: "


def an_order_is_charged_shipped_and_confirmed(shop):
    user = shop.new_user((SUNGLASSES, 2), (MUG, 1))
    before = len(shop.charges())
    order = shop.place(user)
    assert len(order.order_id) == 36 and order.order_id[14] == "7" and order.order_id == order.order_id.lower()
    assert money(order.shipping_cost) == ("USD", 8, 990000000)
    assert [(line.item.product_id, line.item.quantity, money(line.cost)) for line in order.items] == [
        (SUNGLASSES, 2, ("USD", 19, 990000000)), (MUG, 1, ("USD", 8, 990000000))]
    assert order.shipping_address == Address(**ADDRESS)
    charge, = shop.charges()[before:]
    assert (charge["currency"], charge["units"], charge["nanos"]) == ("USD", 57, 960000000), charge
    assert charge["idempotency-key"] == order.order_id
    shipment = shop.shipments()[-1]
    assert shipment["tracking_id"] == order.shipping_tracking_id and shipment["idempotency-key"] == order.order_id
    assert shop.journal("email")[-1]["order_id"] == order.order_id
    assert shop.cart(user) == []


def amounts_are_exact_to_the_nano(shop):
    for currency, items, wanted in [
            ("EUR", [(SUNGLASSES, 2)], (43, 317116321)),
            ("EUR", [(SUNGLASSES, 2), (MUG, 10), (JAR, 3)], (137, 408226450)),
            ("JPY", [(WATCH, 1)], (13303, 26979251))]:
        shop.place(shop.new_user(*items), user_currency=currency)
        charge = shop.charges()[-1]
        assert (charge["currency"], charge["units"], charge["nanos"]) == (currency, *wanted), charge


def many_lines_stay_in_the_carts_order(shop):
    products = [SUNGLASSES, MUG, WATCH, JAR, "66VCHSJNUP", "L9ECAV7KIM", "2ZYFJ3GM2N", "0PUK6V6EV0", "LS4PSXUNUM"]
    shop.fault("catalogue", "GetProduct", at=1, delay_ms=200)
    order = shop.place(shop.new_user(*((product, 1) for product in products)))
    assert [line.item.product_id for line in order.items] == products


def requests_that_cannot_be_meant_are_refused_before_anything(shop):
    before = len(shop.charges()), len(shop.shipments())
    user = shop.new_user((MUG, 1))
    long_one = "x" * 2049
    bad_card = {**CARD, "credit_card_number": ""}
    cases = [
        ("user_id is required", dict(user_id="")),
        ('unsupported currency ""', dict(user_currency="")),
        ('unsupported currency "usd"', dict(user_currency="usd")),
        ('unsupported currency "EURO"', dict(user_currency="EURO")),
        ('unsupported currency "XXX"', dict(user_currency="XXX")),  # the currency service answers it with OK and 0
        ("shipping address is required", dict(address=None)),
        ("credit card is required", dict(credit_card=None)),
        ("credit card is required", dict(credit_card=CreditCardInfo(**bad_card))),
        ("invalid email", dict(email="a\0b")),
        ("invalid email", dict(email=long_one)),
        ("invalid user_id", dict(user_id=long_one)),
        ("invalid city", dict(address=Address(**{**ADDRESS, "city": "\0"}))),
        ("invalid credit_card_number", dict(credit_card=CreditCardInfo(**{**CARD, "credit_card_number": long_one}))),
    ]
    for message, changes in cases:
        told, trailing = shop.expect_refusal(user, 3, message, "invalid", **changes)
        assert told == message, told
        assert trailing["checkout-retryable"] == "false"
    shop.expect_refusal(user, 3, "invalid idempotency-key", "invalid", metadata=[("idempotency-key", "k" * 256)])
    assert (len(shop.charges()), len(shop.shipments())) == before
    assert shop.cart(user) == [(MUG, 1)]


def empty_carts_and_odd_quantities_are_refused(shop):
    shop.expect_refusal(shop.new_user(), 9, "cart is empty", "cart_empty")
    for quantity in (0, -1, 1000001, -2147483648):
        user = shop.new_user((MUG, 1), (JAR, quantity))
        shop.expect_refusal(user, 9, f'invalid quantity for "{JAR}"', "invalid")


def a_cart_that_cannot_be_read(shop):
    user = shop.new_user((MUG, 1))
    prefix = "cart failure: failed to get user cart during checkout: "
    for status, retryable in ((14, "true"), (13, "false")):
        shop.fault("cart", "GetCart", status=status, message="secret 10.0.0.1")
        told, trailing = shop.expect_refusal(user, 13, prefix, "cart")
        assert "10.0.0.1" not in told and trailing["checkout-retryable"] == retryable, (told, trailing)
        shop.clear("cart")
    shop.fault("cart", "GetCart", at=1, status=14)
    shop.place(user)  # tried once more


def a_product_that_is_not_there(shop):
    user = shop.new_user((MUG, 1), ("NOSUCH", 1))
    told, trailing = shop.expect_refusal(user, 13, 'failed to prepare order: failed to get product #"NOSUCH"', "product")
    assert trailing["checkout-retryable"] == "false"
    user = shop.new_user((MUG, 1))
    shop.fault("catalogue", "GetProduct", status=14)
    told, trailing = shop.expect_refusal(user, 13, f'failed to prepare order: failed to get product #"{MUG}"', "product")
    assert trailing["checkout-retryable"] == "true"
    shop.clear("catalogue")
    shop.fault("catalogue", "GetProduct", at=1, status=14)
    shop.place(user)


def a_price_that_cannot_be_converted(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("currency", "Convert", status=13)
    shop.expect_refusal(user, 13, f'failed to prepare order: failed to convert price of "{MUG}" to EUR', "currency",
                        user_currency="EUR")


def a_quote_that_fails_or_cannot_be_converted(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("shipping", "GetQuote", status=14)
    shop.expect_refusal(user, 13, "shipping quote failure: failed to get shipping quote: ", "quote")
    shop.clear("shipping")
    shop.fault("currency", "Convert", at=2, status=13)  # the first is the price
    shop.expect_refusal(user, 13, "failed to convert shipping cost to currency: failed to convert currency: ", "currency")



def a_card_that_is_refused(shop):
    before = len(shop.charges())
    user = shop.new_user((MUG, 1))
    for card, said in [
            (dict(credit_card_number="4432-8015-6152-0455"), "Credit card info is invalid"),
            (dict(credit_card_number="3782-822463-10005"), "Sorry, we cannot process amex credit cards."),
            (dict(credit_card_expiration_year=2020), "Your credit card (ending ****) expired on */****")]:
        told, trailing = shop.expect_refusal(user, 13, CHARGE, "card_refused",
                                             credit_card=CreditCardInfo(**{**CARD, **card}))
        assert "code = Code(400)" in told and said in told, told
        assert trailing["checkout-retryable"] == "false"
    assert len(shop.charges()) == before
    assert shop.cart(user) == [(MUG, 1)]


def a_charge_whose_outcome_nobody_knows_is_not_repeated(shop):
    for how in (dict(status=14), dict(status=13), dict(hang=True)):
        user = shop.new_user((MUG, 1))
        before = len(shop.charges())
        shop.fault("payment", "Charge", at=1, moment=1, **how)
        shop.expect_refusal(user, 13, CHARGE, "payment_unknown")
        assert len(shop.charges()) == before + 1, "charged once, and never again"


def a_payment_service_that_is_down(shop):
    user = shop.new_user((MUG, 1))
    shop.peers["payment"].kill()
    eventually(lambda: shop.refusal(user)[2].get("checkout-reason") == "payment_unavailable")
    told, trailing = shop.expect_refusal(user, 13, CHARGE, "payment_unavailable")
    assert trailing["checkout-retryable"] == "true" and "127.0.0.1" not in told, (told, trailing)
    shop.peers["payment"] = shop.start_peer("payment")
    shop.clear("payment")
    shop.place(user)


def a_shipment_that_fails_after_the_charge(shop):
    user = shop.new_user((MUG, 1))
    before = len(shop.charges())
    shop.fault("shipping", "ShipOrder", at=1, status=14)
    shop.expect_refusal(user, 14, "shipping error: shipment failed: ", "shipping")
    assert len(shop.charges()) == before + 1
    assert shop.cart(user) == [(MUG, 1)]


def a_mail_or_a_cart_that_fails_after_the_shipment_costs_nobody_the_order(shop):
    shop.fault("email", "SendOrderConfirmation", at=1, status=13)
    shop.fault("cart", "EmptyCart", at=1, status=13)
    order = shop.place(shop.new_user((MUG, 1)))
    lines = eventually(lambda: [line for line in shop.service.log() if line.get("order_id") == order.order_id
                                and line["message"].startswith("failed to send order confirmation to")])
    assert lines[0]["severity"] == "warning" and '"s***@example.com"' in lines[0]["message"], lines
    for name, method in (("email", "SendOrderConfirmation"), ("cart", "EmptyCart")):
        shop.fault(name, method, at=1, hang=True)
    start = time.monotonic()
    shop.place(shop.new_user((MUG, 1)))
    assert time.monotonic() - start < 5, "a peer that hangs holds nobody for long"


def an_order_without_an_email_address_is_confirmed_to_nobody(shop):
    before = len(shop.journal("email"))
    shop.place(shop.new_user((MUG, 1)), email="")
    assert len(shop.journal("email")) == before


def the_callers_deadline_counts_up_to_the_charge(shop):
    user = shop.new_user((MUG, 1))
    before = len(shop.charges())
    shop.fault("shipping", "GetQuote", at=1, delay_ms=600)
    status, _, _ = shop.refusal(user, timeout=0.3)
    assert status == 4, status
    shop.fault("shipping", "GetQuote", at=1, delay_ms=600)
    call = shop.place_later(user)
    time.sleep(0.2)
    call.cancel()
    time.sleep(0.8)
    assert len(shop.charges()) == before, "nothing was charged for who had gone"


def from_the_charge_on_nothing_stops_the_order(shop):
    user = shop.new_user((MUG, 1))
    before = len(shop.shipments())
    shop.fault("payment", "Charge", at=1, delay_ms=600)
    status, _, _ = shop.refusal(user, timeout=0.4)
    assert status == 4, status
    eventually(lambda: len(shop.shipments()) == before + 1, what="the shipment")


def a_hung_reader_is_not_waited_for_forever(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("cart", "GetCart", at=1, hang=True)
    shop.expect_refusal(user, 13, "cart failure: ", "cart")


def trace_context_is_passed_on(shop):
    context = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "a=b"),
               ("baggage", "c=d")]
    shop.place(shop.new_user((MUG, 1)), metadata=context)
    for line in (shop.charges()[-1], shop.shipments()[-1], shop.journal("email")[-1]):
        assert {key: line.get(key) for key, _ in context} == dict(context), line


def health_tells_what_it_knows(shop):
    assert shop.health("") == 1
    assert shop.health("hipstershop.CheckoutService") == 1
    try:
        shop.health("nonsense")
        raise AssertionError("an unknown service is healthy")
    except grpc.RpcError as problem:
        assert problem.code() == grpc.StatusCode.NOT_FOUND
    watch = shop.channel.channel.unary_stream("/grpc.health.v1.Health/Watch",
                                              request_serializer=M["HealthCheckRequest"].SerializeToString,
                                              response_deserializer=M["HealthCheckResponse"].FromString)
    for name, wanted in (("", 1), ("nonsense", 3)):
        call = watch(M["HealthCheckRequest"](service=name), timeout=5)
        assert next(call).status == wanted
        call.cancel()


def reflection_is_off(shop):
    call = shop.channel.channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                              request_serializer=lambda one: one, response_deserializer=lambda one: one)
    try:
        next(call(iter([b""]), timeout=5))
        raise AssertionError("reflection answers")
    except grpc.RpcError as problem:
        assert problem.code() == grpc.StatusCode.UNIMPLEMENTED, problem


def log_lines_hold_what_they_must_and_no_card(shop):
    user = shop.new_user((MUG, 1))
    order = shop.place(user)
    lines = shop.service.log()
    messages = [line["message"] for line in lines]
    for wanted in ("Tracing disabled.", "Profiling disabled.",
                   "DATABASE_URL not set. Orders will not be persisted to database.",
                   f'starting to listen on tcp: "[::]:{shop.port}"', f'[PlaceOrder] user_id="{user}" user_currency="USD"'):
        assert wanted in messages, wanted
    assert any(one.startswith("payment went through (transaction_id: ") for one in messages)
    assert 'order confirmation email sent to "s***@example.com"' in messages
    assert order.order_id in [line.get("order_id") for line in lines]
    for line in lines:
        assert line["severity"] in ("debug", "info", "warning", "error", "fatal") and line["timestamp"].endswith("Z")
    text = shop.service.text()
    for secret in ("4432", "0454", "1600 Amphitheatre", "someone@example.com"):
        assert secret not in text, secret


def many_orders_at_once_are_each_charged_once(shop):
    before = len(shop.charges())
    users = [shop.new_user((MUG, 1)) for _ in range(40)]
    calls = [shop.place_later(user) for user in users]
    orders = {call.result().order.order_id for call in calls}
    assert len(orders) == len(users)
    assert sorted(charge["idempotency-key"] for charge in shop.charges()[before:]) == sorted(orders)


def what_is_under_way_is_finished_before_the_end(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, delay_ms=500)
    before = len(shop.charges())
    got = []
    caller = threading.Thread(target=lambda: got.append(shop.place(user)))
    caller.start()
    eventually(lambda: any(f'user_id="{user}"' in line["message"] for line in shop.service.log()))
    time.sleep(0.2)
    assert shop.service.terminate() == 0
    caller.join()
    assert len(got) == 1 and len(shop.charges()) == before + 1
    shop.service = shop.start_service()
    shop.wait_until_serving()


def what_waits_for_a_thread_at_the_end_is_refused(shop):
    first, second = shop.new_user((MUG, 1)), shop.new_user((MUG, 1))
    process, channel = shop.another("busy", CHECKOUT_WORKERS="1")
    request = lambda user: ("/hipstershop.CheckoutService/PlaceOrder", shop.request(user), "PlaceOrderResponse", 20)
    shop.fault("payment", "Charge", at=1, delay_ms=1000)
    before = len(shop.charges())
    begun = channel.future(*request(first), wait=True)
    eventually(lambda: f'user_id=\\"{first}\\"' in process.text())
    waiting = channel.future(*request(second))
    time.sleep(0.2)
    assert process.terminate() == 0
    assert begun.result().order.order_id
    assert waiting.exception().code() == grpc.StatusCode.UNAVAILABLE, waiting.exception()
    assert len(shop.charges()) == before + 1


def an_environment_that_lacks_something_is_named(shop):
    order = ["SHIPPING_SERVICE_ADDR", "PRODUCT_CATALOG_SERVICE_ADDR", "CART_SERVICE_ADDR", "CURRENCY_SERVICE_ADDR",
             "EMAIL_SERVICE_ADDR", "PAYMENT_SERVICE_ADDR", "DATABASE_URL"]
    env = {"PATH": shop.env["PATH"]}
    for name in order:
        ended = subprocess.run([programs()["service"]], env=env, capture_output=True, text=True, timeout=20, check=False)
        assert ended.returncode != 0 and f'environment variable \\"{name}\\" not set' in ended.stdout, ended.stdout
        env[name] = "127.0.0.1:1"
    for bad in (dict(PORT="70000"), dict(CHECKOUT_READ_TIMEOUT="soon"), dict(ENABLE_TRACING="1")):
        ended = subprocess.run([programs()["service"]], env={**shop.env, **bad}, capture_output=True, text=True,
                               timeout=20, check=False)
        assert ended.returncode != 0 and "environment variable" in ended.stdout, ended.stdout
    for bad, other in ((dict(CHECKOUT_LEASE="1s", CHECKOUT_CHARGE_TIMEOUT="2s"), "longer than \\\"CHECKOUT_CHARGE_TIMEOUT"),
                       (dict(CHECKOUT_RETRY="5s", CHECKOUT_RETRY_MOST="1s"), "shorter than \\\"CHECKOUT_RETRY\\\""),
                       (dict(CHECKOUT_RECOVERY_INTERVAL="0s"), "more than 0")):
        ended = subprocess.run([programs()["service"]], env={**shop.env, **bad}, capture_output=True, text=True,
                               timeout=20, check=False)
        assert ended.returncode != 0 and other in ended.stdout and list(bad)[0] in ended.stdout, ended.stdout


TESTS = [
    an_order_is_charged_shipped_and_confirmed, amounts_are_exact_to_the_nano, many_lines_stay_in_the_carts_order,
    requests_that_cannot_be_meant_are_refused_before_anything, empty_carts_and_odd_quantities_are_refused,
    a_cart_that_cannot_be_read, a_product_that_is_not_there, a_price_that_cannot_be_converted,
    a_quote_that_fails_or_cannot_be_converted, a_card_that_is_refused,
    a_charge_whose_outcome_nobody_knows_is_not_repeated, a_payment_service_that_is_down,
    a_shipment_that_fails_after_the_charge, a_mail_or_a_cart_that_fails_after_the_shipment_costs_nobody_the_order,
    an_order_without_an_email_address_is_confirmed_to_nobody, the_callers_deadline_counts_up_to_the_charge,
    from_the_charge_on_nothing_stops_the_order, a_hung_reader_is_not_waited_for_forever, trace_context_is_passed_on,
    health_tells_what_it_knows, reflection_is_off, log_lines_hold_what_they_must_and_no_card,
    many_orders_at_once_are_each_charged_once, what_is_under_way_is_finished_before_the_end,
    what_waits_for_a_thread_at_the_end_is_refused, an_environment_that_lacks_something_is_named,
]

if __name__ == "__main__":
    main(TESTS, {"CHECKOUT_WITHOUT_STORE": "1"})
