#!/usr/bin/env python3
"""Orders that are kept: recorded before a card is charged, acknowledged when they are confirmed, and never charged
twice, whatever dies on the way. With real peers and a real PostgreSQL; all times are short."""
import sys
import time

import grpc

from kept_shop import KeptShop
from shop import Address, ADDRESS, CARD, CreditCardInfo, eventually, run

MUG, SUNGLASSES, JAR = "6E92ZMYYFZ", "OLJCESPC7Z", "9SIQT8TOJO"
CHARGE = "failed to charge card: could not charge the card: "
def an_order_is_kept_with_everything_and_its_events(shop):
    user = shop.new_user((SUNGLASSES, 2), (MUG, 1))
    order = shop.place(user)
    sql = shop.database.sql
    (row,) = sql(f"""SELECT user_email, user_currency, shipping_tracking_id, shipping_cost, shipping_address_street,
                       shipping_address_zip, total_amount, status, source, idempotency_key IS NULL, lease_until IS NULL
                     FROM orders WHERE order_id = '{order.order_id}'""")
    assert row == ["someone@example.com", "USD", order.shipping_tracking_id, "8.990000000", ADDRESS["street_address"],
                   "94043", "57.960000000", "confirmed", "live", "t", "t"], row
    items = sql(f"""SELECT line_no, product_id, quantity, cost_units, cost_nanos FROM order_items
                    WHERE order_id = '{order.order_id}' ORDER BY 1""")
    assert items == [["1", SUNGLASSES, "2", "19", "990000000"], ["2", MUG, "1", "8", "990000000"]], items
    events = sql(f"SELECT actor, coalesce(from_status, ''), to_status FROM order_events WHERE order_id = '{order.order_id}' ORDER BY id")
    assert events == [["checkout", "", "pending"], ["checkout", "pending", "paid"], ["checkout", "paid", "confirmed"]], events
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    eventually(lambda: [mail for mail in shop.journal("email") if mail["order_id"] == order.order_id], what="the mail")
    eventually(lambda: sql(f"""SELECT count(*) FROM order_outbox WHERE order_id = '{order.order_id}'
                               AND done_at IS NOT NULL""") == [["2"]], what="the outbox")
    saved = [line for line in shop.service.log() if line["message"] == f"order {order.order_id} saved to database successfully"]
    assert len(saved) == 1 and saved[0]["order_id"] == order.order_id


def a_key_gives_the_same_answer_and_asks_nobody(shop):
    user = shop.new_user((MUG, 1))
    key = [("idempotency-key", "key 1~")]
    first = shop.place(user, metadata=key)
    for name in ("cart", "catalogue", "currency", "shipping", "payment"):
        shop.fault(name, "", status=13)
    again = shop.place(user, metadata=key)
    assert again.SerializeToString() == first.SerializeToString()
    shop.clear()
    shop.expect_refusal(user, 3, "idempotency key reused", "key_reused", metadata=key, email="other@example.com")
    shop.expect_refusal(user, 3, "idempotency key reused", "key_reused", metadata=key, user_currency="EUR")
    assert len(shop.charges_of(user)) == 1


def a_refused_card_is_refused_again_under_its_key(shop):
    user = shop.new_user((MUG, 1))
    key = [("idempotency-key", "refused")]
    bad = CreditCardInfo(**{**CARD, "credit_card_expiration_year": 2020})
    first = shop.expect_refusal(user, 13, CHARGE, "card_refused", metadata=key, credit_card=bad)
    assert first[1]["checkout-order-id"] == shop.orders(user)[0][0]
    assert shop.expect_refusal(user, 13, CHARGE, "card_refused", metadata=key) == first, "whatever the card is now"
    assert shop.statuses(user) == ["rejected"] and shop.charges_of(user) == []
    shop.place(user)  # without the key it is a new order
    text = "\n".join("|".join(row) for row in shop.database.sql("SELECT detail FROM order_events"))
    assert "2020" not in text and "0454" not in text


def a_double_click_is_one_order(shop):
    for metadata in ([], [("idempotency-key", "double")]):
        user = shop.new_user((MUG, 2))
        shop.fault("payment", "Charge", at=1, delay_ms=300)
        calls = [shop.place_later(user, metadata=metadata) for _ in range(4)]
        answers, refusals = [], []
        for call in calls:
            try:
                answers.append(call.result().order.SerializeToString())
            except grpc.RpcError as problem:
                refusals.append(problem)
        assert answers and len(set(answers)) == 1, (answers, refusals)
        for one in refusals:  # only those with a key don't wait
            assert metadata and one.code() == grpc.StatusCode.ABORTED, one
        assert len(shop.charges_of(user)) == 1 and shop.statuses(user) == ["confirmed"]
        shop.clear()


def many_clicks_on_many_carts_are_one_order_each(shop):
    users = [shop.new_user((MUG, number + 1)) for number in range(60)]
    calls = [(user, shop.place_later(user)) for click in range(5) for user in users]
    acknowledged = {}
    for user, call in calls:
        try:
            order = call.result().order
            acknowledged[order.order_id] = order.shipping_tracking_id
        except grpc.RpcError as problem:
            assert problem.code() in (grpc.StatusCode.ABORTED, grpc.StatusCode.RESOURCE_EXHAUSTED,
                                      grpc.StatusCode.FAILED_PRECONDITION), problem
    eventually(lambda: all(shop.cart(user) == [] for user in users), what="the carts' clearing")
    assert len(acknowledged) == len(users), len(acknowledged)
    shop.judge(acknowledged, users)


def a_cart_that_is_ordered_and_not_yet_emptied_counts_as_empty(shop):
    user = shop.new_user((MUG, 3))
    shop.fault("cart", "EmptyCart", status=14)
    first = shop.place(user)
    assert shop.place(user).SerializeToString() == first.SerializeToString()
    shop.expect_refusal(user, 9, "cart is empty", "cart_empty", address=Address(**{**ADDRESS, "city": "Elsewhere"}))
    assert len(shop.charges_of(user)) == 1
    shop.clear("cart")
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    shop.add(user, MUG, 3)  # the same again, and meant so
    second = eventually(lambda: [order for order in [shop.place(user)] if order.order_id != first.order_id],
                        what="a second order")
    assert len(shop.charges_of(user)) == 2 and second


def two_keys_on_one_cart_are_never_one_order(shop):
    user = shop.new_user((MUG, 2))
    shop.fault("cart", "EmptyCart", status=14)
    first = shop.place(user, metadata=[("idempotency-key", "K1")])
    other = [("idempotency-key", "K2")]
    shop.expect_refusal(user, 9, "cart is empty", "cart_empty", metadata=other)
    shop.clear("cart")
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    shop.add(user, MUG, 2)
    second = shop.place(user, metadata=other)
    assert second.order_id != first.order_id and shop.place(user, metadata=other).order_id == second.order_id

    user = shop.new_user((JAR, 1))  # and while the other one is paid
    shop.fault("shipping", "ShipOrder", hang=True)
    call = shop.place_later(user, metadata=[("idempotency-key", "K1")])
    eventually(lambda: shop.statuses(user) == ["paid"], what="T2")
    shop.expect_refusal(user, 10, "order ", "in_progress", metadata=other)
    call.exception()
    shop.clear("shipping")
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="the shipment")
    assert len(shop.charges_of(user)) == 1


def a_cart_that_was_ordered_while_it_was_being_priced_is_read_again(shop):
    user = shop.new_user((MUG, 4))
    shop.fault("shipping", "GetQuote", at=1, delay_ms=600)  # of the call that is late
    late = shop.place_later(user)
    time.sleep(0.2)
    order = shop.place(user)
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    assert late.result().order.SerializeToString() == order.SerializeToString(), "the replay window's"
    assert len(shop.charges_of(user)) == 1


def a_click_that_is_late_with_its_key_gets_the_same_answer(shop):
    user = shop.new_user((MUG, 5))
    key = [("idempotency-key", "late")]
    shop.fault("cart", "GetCart", at=1, delay_ms=600)  # it finds no order of its key, and then an empty cart
    late = shop.place_later(user, metadata=key)
    time.sleep(0.2)
    order = shop.place(user, metadata=key)
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    assert late.result().order.SerializeToString() == order.SerializeToString()
    assert len(shop.charges_of(user)) == 1


def a_silent_mail_server_keeps_no_other_mail_waiting(shop):
    first, second = shop.new_user((MUG, 1)), shop.new_user((JAR, 1))
    shop.fault("email", "SendOrderConfirmation", at=1, hang=True)
    shop.place(first)
    began = time.monotonic()
    order = shop.place(second)
    eventually(lambda: [mail for mail in shop.journal("email") if mail["order_id"] == order.order_id], seconds=5,
               what="the other mail")
    assert time.monotonic() - began < 7, "it waited for the first one's end, which takes 8 s"
    shop.clear("email")


def an_empty_cart_gives_the_order_just_placed_for_a_while(shop):
    user = shop.new_user((JAR, 1))
    first = shop.place(user)
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    assert shop.place(user).SerializeToString() == first.SerializeToString()
    shop.expect_refusal(user, 9, "cart is empty", "cart_empty", email="other@example.com")
    shop.expect_refusal(user, 9, "cart is empty", "cart_empty", metadata=[("idempotency-key", "new")])
    shop.database.sql(f"SET session_replication_role = replica; UPDATE orders SET updated_at = now() - interval '2 minutes' WHERE user_id = '{user}'")
    shop.expect_refusal(user, 9, "cart is empty", "cart_empty")


def two_orders_of_one_user_wait_for_each_other(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, delay_ms=400)
    first = shop.place_later(user)
    eventually(lambda: shop.statuses(user), what="T1")  # pending, or over already where this machine is slow
    shop.add(user, JAR, 1)
    second = shop.place(user)
    assert second.order_id != first.result().order.order_id
    assert shop.statuses(user) == ["confirmed", "confirmed"]


def an_unknown_payment_is_left_to_people(shop):
    user = shop.new_user((MUG, 1))
    key = [("idempotency-key", "unknown")]
    shop.fault("payment", "Charge", at=1, moment=1, status=14)
    _, trailing = shop.expect_refusal(user, 13, CHARGE, "payment_unknown", metadata=key)
    order_id = shop.orders(user)[0][0]
    assert trailing["checkout-order-id"] == order_id
    for metadata in (key, []):
        message, trailing = shop.expect_refusal(user, 10, f"order {order_id} is being processed", "in_progress", metadata=metadata)
        assert trailing["checkout-retryable"] == "false"
    assert shop.statuses(user) == ["payment_unknown"] and len(shop.charges_of(user)) == 1


def a_paid_order_is_shipped_in_the_background(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("shipping", "ShipOrder", at=1, status=14)
    shop.expect_refusal(user, 14, "shipping error: shipment failed: ", "shipping")
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="recovery")
    assert len(shop.charges_of(user)) == 1
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")


def a_paid_order_that_nobody_tried_for_a_day_is_tried_before_it_is_given_up(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("shipping", "ShipOrder", status=14)
    shop.expect_refusal(user, 14, "shipping error: ", "shipping")
    shop.service.kill()
    shop.clear("shipping")
    shop.database.sql(f"""SET session_replication_role = replica;
                          UPDATE order_events SET at = at - interval '25 hours' FROM orders
                          WHERE order_events.order_id = orders.order_id AND user_id = '{user}';
                          UPDATE orders SET lease_until = now() - interval '25 hours', updated_at = now() - interval '25 hours'
                          WHERE user_id = '{user}'""")
    shop.service = shop.start_service()
    shop.wait_until_serving()
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="its shipment")


def a_paid_order_is_carried_on_by_the_next_call(shop):
    for metadata in ([], [("idempotency-key", "carried on")]):
        user = shop.new_user((MUG, 1))
        shop.fault("shipping", "ShipOrder", at=1, status=14)
        shop.expect_refusal(user, 14, "shipping error: ", "shipping", metadata=metadata)
        order = shop.place(user, metadata=metadata)
        assert shop.orders(user)[0][:2] == [order.order_id, "confirmed"] and len(shop.charges_of(user)) == 1


def a_store_that_is_away_takes_no_order_and_no_money(shop):
    user = shop.new_user((MUG, 1))
    before = len(shop.charges())
    shop.database.kill()
    _, trailing = shop.expect_refusal(user, 14, "order store unavailable", "store")
    assert trailing["checkout-retryable"] == "true" and len(shop.charges()) == before
    eventually(lambda: shop.health("hipstershop.CheckoutService") == 2, what="NOT_SERVING")
    assert shop.health("") == 1, "no restart mends a database"
    shop.database.recover()
    shop.wait_until_serving()
    shop.place(user)


def a_store_that_dies_after_the_charge_is_waited_for(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, moment=1, kill_pid=shop.database.process.pid)
    call = shop.place_later(user)
    shop.database.recover()
    order = call.result().order
    assert shop.orders(user)[0][:2] == [order.order_id, "confirmed"]
    shop.judge({})


TESTS = [
    an_order_is_kept_with_everything_and_its_events, a_key_gives_the_same_answer_and_asks_nobody,
    a_refused_card_is_refused_again_under_its_key, a_double_click_is_one_order,
    many_clicks_on_many_carts_are_one_order_each,
    a_cart_that_is_ordered_and_not_yet_emptied_counts_as_empty,
    two_keys_on_one_cart_are_never_one_order,
    a_cart_that_was_ordered_while_it_was_being_priced_is_read_again,
    a_click_that_is_late_with_its_key_gets_the_same_answer, a_silent_mail_server_keeps_no_other_mail_waiting,
    an_empty_cart_gives_the_order_just_placed_for_a_while, two_orders_of_one_user_wait_for_each_other,
    an_unknown_payment_is_left_to_people, a_paid_order_is_shipped_in_the_background,
    a_paid_order_that_nobody_tried_for_a_day_is_tried_before_it_is_given_up,
    a_paid_order_is_carried_on_by_the_next_call, a_store_that_is_away_takes_no_order_and_no_money,
    a_store_that_dies_after_the_charge_is_waited_for,
]

if __name__ == "__main__":
    sys.exit(1 if run(TESTS, lambda: KeptShop(CHECKOUT_EMAIL_TIMEOUT="8s"), sys.argv[1:]) else 0)
