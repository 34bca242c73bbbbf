#!/usr/bin/env python3
"""The test peers behave as the contract describes the originals, traps included, and misbehave as they are told."""
import sys
import time

import grpc

from shop import ADDRESS, CARD, Address, CartItem, CreditCardInfo, M, Money, Peers, eventually, money, programs, run


def refusal(call):
    """(status as an integer, message)"""
    try:
        return call(), None
    except grpc.RpcError as problem:
        return problem.code().value[0], problem.details()


def convert(shop, units, nanos, source, target):
    request = M["CurrencyConversionRequest"](to_code=target)
    getattr(request, "from").CopyFrom(Money(currency_code=source, units=units, nanos=nanos))
    return money(shop.channels["currency"].call("/hipstershop.CurrencyService/Convert", request, "Money"))


def charge(shop, metadata=(), timeout=20, **card):
    request = M["ChargeRequest"](amount=Money(currency_code="USD", units=-1), credit_card=CreditCardInfo(**{**CARD, **card}))
    return shop.channels["payment"].call("/hipstershop.PaymentService/Charge", request, "ChargeResponse", timeout, metadata)


def ship(shop, **fields):
    return shop.channels["shipping"].call("/hipstershop.ShippingService/ShipOrder", M["ShipOrderRequest"](**fields), "ShipOrderResponse")


def currencies_are_exchanged_with_the_originals_noise(shop):
    assert convert(shop, 8, 990000000, "USD", "USD")[0] == "USD"
    assert convert(shop, 8, 990000000, "USD", "EUR") == ("EUR", 7, 952233525)
    assert convert(shop, 19, 990000000, "USD", "EUR") == ("EUR", 17, 682441398)
    assert convert(shop, 5, 490000000, "USD", "EUR") == ("EUR", 4, 856258293)
    assert convert(shop, 8, 990000000, "USD", "JPY") == ("JPY", 1005, 162317560)
    assert convert(shop, 109, 990000000, "USD", "JPY") == ("JPY", 12297, 864661691)
    assert convert(shop, 300, 0, "EUR", "CHF") == ("CHF", 340, 799999999)
    for code in ("XXX", "", "usd"):
        assert convert(shop, 8, 990000000, "USD", code) == (code, 0, 0), "OK with nothing"
    codes = shop.channels["currency"].call("/hipstershop.CurrencyService/GetSupportedCurrencies", M["Empty"](), "GetSupportedCurrenciesResponse")
    assert {"USD", "EUR", "JPY"} <= set(codes.currency_codes)


def cards_are_refused_with_a_status_outside_the_enumeration(shop):
    # A client that knows the enumeration sees UNKNOWN; what went over the wire is 400.
    for card, said in [(dict(credit_card_number="4432801561520455"), "Credit card info is invalid"),
                       (dict(credit_card_number="a432801561520454"), "Credit card info is invalid"),
                       (dict(credit_card_number=""), "Credit card info is invalid"),
                       (dict(credit_card_number="378282246310005"), "Sorry, we cannot process amex credit cards. Only VISA or MasterCard is accepted."),
                       (dict(credit_card_expiration_year=2020), "Your credit card (ending 0454) expired on 1/2020")]:
        status, message = refusal(lambda card=card: charge(shop, **card))
        assert status == grpc.StatusCode.UNKNOWN.value[0] and said in message, (status, message)
    assert shop.charges() == []
    for number in ("4432-8015-6152-0454", "5555555555554444"):
        charge(shop, credit_card_number=number)
    assert len(shop.charges()) == 2


def charges_are_journalled_without_the_card(shop):
    before = len(shop.charges())
    told = charge(shop, metadata=[("idempotency-key", "k"), ("traceparent", "t")])
    line, = shop.charges()[before:]
    assert line == {"event": "charge", "idempotency-key": "k", "traceparent": "t", "currency": "USD", "units": -1, "nanos": 0,
                    "transaction_id": told.transaction_id}, line


def carts_add_up_and_outlive_their_process(shop):
    user = shop.new_user(("MUG", 1), ("JAR", 2), ("MUG", 3))
    other = shop.new_user(("MUG", 1))
    assert shop.cart(user) == [("MUG", 4), ("JAR", 2)] and shop.cart("nobody") == []
    shop.peers["cart"].restart()
    shop.clear("cart")
    assert shop.cart(user) == [("MUG", 4), ("JAR", 2)]
    shop.channels["cart"].call("/hipstershop.CartService/EmptyCart", M["EmptyCartRequest"](user_id=user), "Empty")
    shop.peers["cart"].restart()
    shop.clear("cart")
    assert shop.cart(user) == [] and shop.cart(other) == [("MUG", 1)]


def products_have_prices(shop):
    ask = lambda one: shop.channels["catalogue"].call("/hipstershop.ProductCatalogService/GetProduct", M["GetProductRequest"](id=one), "Product")
    assert money(ask("OLJCESPC7Z").price_usd) == ("USD", 19, 990000000)
    assert refusal(lambda: ask("NOSUCH"))[0] == 5


def parcels_are_quoted_and_sent(shop):
    items = [CartItem(product_id="MUG", quantity=1)]
    quote = shop.channels["shipping"].call("/hipstershop.ShippingService/GetQuote", M["GetQuoteRequest"](items=items), "GetQuoteResponse")
    assert money(quote.cost_usd) == ("USD", 8, 990000000)
    sent = ship(shop, address=Address(**ADDRESS), items=items)
    assert shop.shipments()[-1]["tracking_id"] == sent.tracking_id != ""


def a_parcel_without_an_address_kills_the_shipping_service(shop):
    assert refusal(lambda: ship(shop))[0] == 14
    eventually(lambda: shop.peers["shipping"].process.poll() is not None, what="its death")
    shop.peers["shipping"].restart()
    shop.clear("shipping")


def mails_are_journalled_by_order(shop):
    request = M["SendOrderConfirmationRequest"](email="a@example.com", order=M["OrderResult"](order_id="o1"))
    shop.channels["email"].call("/hipstershop.EmailService/SendOrderConfirmation", request, "Empty")
    assert shop.journal("email")[-1]["order_id"] == "o1" and "example.com" not in str(shop.journal("email"))


def faults_strike_the_call_that_was_named(shop):
    before = len(shop.charges())
    shop.fault("payment", "Charge", at=2, moment=0, status=14, message="away")
    charge(shop)
    assert refusal(lambda: charge(shop)) == (14, "away")
    charge(shop)
    assert len(shop.charges()) == before + 2, "before: nothing was done"
    shop.fault("payment", "Charge", at=1, moment=1, status=13)
    assert refusal(lambda: charge(shop))[0] == 13
    assert len(shop.charges()) == before + 3, "after: it was done, and not told"
    shop.fault("payment", "Charge", at=1, delay_ms=200)
    start = time.monotonic()
    charge(shop)
    assert time.monotonic() - start >= 0.2
    shop.fault("payment", "Charge", at=1, hang=True)
    assert refusal(lambda: charge(shop, timeout=0.3))[0] == 4
    shop.fault("payment", "Charge", at=1, moment=1, die=True)
    count = len(shop.charges())
    assert refusal(lambda: charge(shop))[0] == 14
    eventually(lambda: shop.peers["payment"].process.poll() is not None, what="its death")
    assert len(shop.charges()) == count + 1
    shop.peers["payment"].restart()
    shop.clear("payment")


TESTS = [
    currencies_are_exchanged_with_the_originals_noise, cards_are_refused_with_a_status_outside_the_enumeration,
    charges_are_journalled_without_the_card, carts_add_up_and_outlive_their_process, products_have_prices,
    parcels_are_quoted_and_sent, a_parcel_without_an_address_kills_the_shipping_service, mails_are_journalled_by_order,
    faults_strike_the_call_that_was_named,
]

if __name__ == "__main__":
    sys.exit(1 if run(TESTS, lambda: Peers(programs()), sys.argv[1:]) else 0)
