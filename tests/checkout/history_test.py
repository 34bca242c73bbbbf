#!/usr/bin/env python3
"""A user's orders, page by page, and what the service counts."""
import re
import sys
import urllib.error
import urllib.request

import grpc

from kept_shop import KeptShop
from shop import M, Address, ADDRESS, eventually, free_port, money, run

MUG, SUNGLASSES = "6E92ZMYYFZ", "OLJCESPC7Z"
METRICS_PORT = free_port()


def ask(shop, method, request, response):
    return shop.channel.call(f"/checkout.v1.OrderHistory/{method}", request, response)


def list_orders(shop, user, **more):
    return ask(shop, "ListOrders", M["ListOrdersRequest"](user_id=user, **more), "ListOrdersResponse")


def status_of(call):
    try:
        call()
    except grpc.RpcError as problem:
        return problem.code().value[0], problem.details()
    raise AssertionError("it was answered")


def place(shop, user, count):
    placed = []
    for number in range(count):
        shop.add(user, MUG, number + 1)
        placed.append(shop.place(user))
        eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    return placed


def orders_are_listed_newest_first_in_pages(shop):
    user = shop.new_user()
    placed = [order.order_id for order in place(shop, user, 5)][::-1]
    seen, token, pages = [], "", 0
    while True:
        page = list_orders(shop, user, page_size=2, page_token=token)
        seen += [order.order_id for order in page.orders]
        pages += 1
        token = page.next_page_token
        if not token:
            break
    assert seen == placed and pages == 3, (seen, placed, pages)
    assert [order.order_id for order in list_orders(shop, user).orders] == placed
    assert list_orders(shop, user, page_size=5).next_page_token == ""
    assert len(list_orders(shop, "nobody").orders) == 0


def twenty_are_a_page_and_a_hundred_the_most(shop):
    shop.database.sql("""INSERT INTO orders (order_id, user_id, status, source)
        SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'much', 'confirmed', 'backfill'
        FROM generate_series(1, 150) AS n""")
    assert len(list_orders(shop, "much").orders) == 20
    assert len(list_orders(shop, "much", page_size=1000).orders) == 100


def an_order_is_shown_whole_to_its_user_alone(shop):
    user = shop.new_user((SUNGLASSES, 2), (MUG, 1))
    placed = shop.place(user)
    order = ask(shop, "GetOrder", M["GetOrderRequest"](user_id=user, order_id=placed.order_id), "Order")
    assert (order.status, order.shipping_tracking_id) == ("confirmed", placed.shipping_tracking_id)
    assert money(order.total) == ("USD", 57, 960000000) and order.shipping_cost == placed.shipping_cost
    assert order.shipping_address == Address(**ADDRESS) and list(order.items) == list(placed.items)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", order.created_at), order.created_at
    request = M["GetOrderRequest"](user_id="another", order_id=placed.order_id)
    assert status_of(lambda: ask(shop, "GetOrder", request, "Order")) == (5, "no such order")


def questions_that_cannot_be_meant_are_refused(shop):
    for message, request in [("user_id is required", dict()), ("invalid user_id", dict(user_id="a\0")),
                             ("invalid page_size", dict(user_id="u", page_size=-1)),
                             ("invalid page_token", dict(user_id="u", page_token="x"))]:
        assert status_of(lambda request=request: ask(shop, "ListOrders", M["ListOrdersRequest"](**request),
                                                     "ListOrdersResponse")) == (3, message)
    for message, request in [("user_id is required", dict(order_id="x")), ("invalid order_id", dict(user_id="u", order_id="x"))]:
        assert status_of(lambda request=request: ask(shop, "GetOrder", M["GetOrderRequest"](**request), "Order")) == (3, message)


def the_views_count_per_currency(shop):
    shop.database.sql("DELETE FROM order_outbox; UPDATE orders SET status = 'abandoned'")
    for currency in ("USD", "EUR"):
        shop.place(shop.new_user((SUNGLASSES, 2)), user_currency=currency)
    sql = shop.database.sql
    assert sql("SELECT currency, orders, revenue FROM orders_per_day ORDER BY 1") == [
        ["EUR", "1", "43.317116321"], ["USD", "1", "48.970000000"]]
    assert sql("SELECT product_id, currency, quantity, revenue FROM product_sales ORDER BY 2") == [
        [SUNGLASSES, "EUR", "2", "35.364882796"], [SUNGLASSES, "USD", "2", "39.980000000"]]
    assert sql("SELECT currency, sum(orders), sum(spent) FROM user_spend GROUP BY 1 ORDER BY 1") == [
        ["EUR", "1", "43.317116321"], ["USD", "1", "48.970000000"]]
    assert ["confirmed", "2"] in sql("SELECT status, orders FROM order_funnel")


def metrics():
    with urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}/metrics", timeout=10) as page:
        text = page.read().decode()
    values = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            assert name not in values, f"twice: {name}"
            values[name] = float(value)
    return values


def it_tells_what_it_counts(shop):
    before = metrics()
    grew = lambda name: metrics().get(name, 0) - before.get(name, 0)
    user = shop.new_user((MUG, 1))
    shop.fault("shipping", "ShipOrder", at=1, status=14)
    shop.expect_refusal(user, 14, "shipping error: ", "shipping")
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="recovery")
    for status in ("pending", "paid", "confirmed"):
        assert grew(f'checkout_orders_total{{status="{status}"}}') == 1, status
    eventually(lambda: grew('checkout_recovered_total{status="confirmed"}') == 1, what="its count")
    assert grew('checkout_answers_total{code="Unavailable",reason="shipping"}') == 1
    assert grew("checkout_place_order_seconds_count") == 1
    now = metrics()
    assert now['checkout_store_seconds_bucket{operation="record",le="+Inf"}'] == now['checkout_store_seconds_count{operation="record"}']
    assert now['innkeeper_pool_max_connections{pool="orders"}'] == 25 and now['innkeeper_pool_acquired_total{pool="orders"}'] > 0
    eventually(lambda: metrics()['checkout_outbox_waiting{kind="email"}'] == 0, what="an empty outbox")
    shop.fault("email", "SendOrderConfirmation", status=14)
    shop.place(shop.new_user((MUG, 1)))
    eventually(lambda: metrics()['checkout_outbox_waiting{kind="email"}'] == 1, what="a mail that is owed")
    eventually(lambda: metrics()['checkout_outbox_oldest_seconds{kind="email"}'] > 0.2, what="its age")
    eventually(lambda: grew('checkout_outbox_tries_total{kind="email",outcome="failed"}') > 0, what="its tries")


def a_caller_who_has_gone_is_told_so_and_not_of_the_store(shop):
    user = shop.new_user((MUG, 1))
    count = lambda code: sum(value for name, value in metrics().items()
                             if name.startswith(f'checkout_answers_total{{code="{code}"'))
    late, away = count("DeadlineExceeded"), count("Unavailable")
    shop.database.sql("""CREATE FUNCTION wait_a_while() RETURNS trigger LANGUAGE plpgsql AS
                         'BEGIN PERFORM pg_sleep(2); RETURN NEW; END';
                         CREATE TRIGGER slow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION wait_a_while()""")
    try:
        status, _, _ = shop.refusal(user, timeout=1)
        assert status == 4, status
        eventually(lambda: count("DeadlineExceeded") == late + 1, what="the server's own word for it")
        assert count("Unavailable") == away
    finally:
        shop.database.sql("DROP TRIGGER slow ON orders; DROP FUNCTION wait_a_while()")
    eventually(lambda: shop.statuses(user) in ([], ["abandoned"]), what="the end of what was recorded")
    assert shop.charges_of(user) == []


def nothing_else_is_on_its_page(shop):
    del shop
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}/", timeout=10)
        raise AssertionError("there is a page")
    except urllib.error.HTTPError as problem:
        assert problem.code == 404


def history_says_that_the_store_is_away(shop):
    shop.database.kill()
    try:
        assert status_of(lambda: list_orders(shop, "u")) == (14, "order store unavailable")
        assert metrics()['checkout_store_failures_total{operation="backlog"}'] >= 1
    finally:
        shop.database.recover()


TESTS = [
    orders_are_listed_newest_first_in_pages, twenty_are_a_page_and_a_hundred_the_most,
    an_order_is_shown_whole_to_its_user_alone, questions_that_cannot_be_meant_are_refused, the_views_count_per_currency,
    it_tells_what_it_counts, a_caller_who_has_gone_is_told_so_and_not_of_the_store, nothing_else_is_on_its_page,
    history_says_that_the_store_is_away,
]

if __name__ == "__main__":
    sys.exit(1 if run(TESTS, lambda: KeptShop(CHECKOUT_METRICS_PORT=str(METRICS_PORT)), sys.argv[1:]) else 0)
