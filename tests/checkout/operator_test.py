#!/usr/bin/env python3
"""What operators do with checkoutctl: resolve, erase, export, backfill."""
import json
import os
import subprocess
import sys

from kept_shop import KeptShop
from shop import CARD, M, eventually, run

MUG, SUNGLASSES = "6E92ZMYYFZ", "OLJCESPC7Z"
CHARGE = "failed to charge card: could not charge the card: "


def checkoutctl(shop, *words, stdin=""):
    program = os.path.join(os.path.dirname(shop.programs["service"]), "checkoutctl")
    done = subprocess.run([program, *words], input=stdin, capture_output=True, text=True, check=False, timeout=60,
                          env={"PATH": os.environ["PATH"], "DATABASE_URL": shop.database.url})
    return done.returncode, done.stdout, done.stderr


def unknown_payment(shop, metadata=()):
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, moment=1, status=14)
    shop.expect_refusal(user, 13, CHARGE, "payment_unknown", metadata=metadata)
    return user, shop.orders(user)[0][0]


def it_explains_itself(shop):
    status, out, _ = checkoutctl(shop, "--help")
    assert status == 0 and all(word in out for word in ("backfill", "resolve", "erase", "export", "Exit codes"))
    for words in ([], ["nonsense"], ["resolve"], ["resolve", "x", "--charged", "t", "--proof", "p"], ["erase", "u", "--bad"],
                  ["resolve", "01a224a2-91e8-7a33-9698-560473fb5b05", "--charged", "t"],
                  ["resolve", "01a224a2-91e8-7a33-9698-560473fb5b05", "--charged", "t", "--not-charged", "--proof", "p"]):
        status, out, err = checkoutctl(shop, *words)
        assert status == 64 and out == "" and "checkoutctl --help says how" in err, (words, status, out, err)


def a_charge_that_is_proved_is_shipped(shop):
    key = [("idempotency-key", "resolved")]
    user, order_id = unknown_payment(shop, key)
    transaction = shop.charges()[-1]["transaction_id"]
    status, out, err = checkoutctl(shop, "resolve", order_id, "--charged", transaction, "--proof", "statement of 3 May")
    assert (status, out) == (0, f"order {order_id} is paid\n"), (status, out, err)
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="the shipment")
    assert shop.place(user, metadata=key).order_id == order_id and len(shop.charges_of(user)) == 1
    assert shop.database.sql(f"""SELECT actor, detail->>'proof' FROM order_events WHERE order_id = '{order_id}'
                                 AND from_status = 'payment_unknown'""") == [["operator", "statement of 3 May"]]
    status, _, err = checkoutctl(shop, "resolve", order_id, "--not-charged", "--proof", "p")
    assert status == 64 and f"order {order_id} is confirmed, not payment_unknown" in err


def a_charge_that_never_was_sets_the_shopper_free(shop):
    key = [("idempotency-key", "abandoned")]
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, status=14)
    shop.expect_refusal(user, 13, CHARGE, "payment_unknown", metadata=key)
    order_id = shop.orders(user)[0][0]
    assert checkoutctl(shop, "resolve", order_id, "--not-charged", "--proof", "no such charge")[0] == 0
    shop.expect_refusal(user, 13, CHARGE, "payment_unavailable", metadata=key)
    assert shop.place(user).order_id != order_id
    assert shop.statuses(user) == ["abandoned", "confirmed"] and len(shop.charges_of(user)) == 1


def an_order_that_is_not_there_is_said(shop):
    missing = "01a224a2-91e8-7a33-9698-560473fb5b05"
    status, _, err = checkoutctl(shop, "resolve", missing, "--not-charged", "--proof", "p")
    assert status == 64 and f"there is no order {missing}" in err


def a_mail_that_is_refused_for_ever_keeps_nobodys_data(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("email", "SendOrderConfirmation", status=3)
    order = shop.place(user)
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    status, _, err = checkoutctl(shop, "erase", user, "--yes")
    assert status == 75 and "under way" in err, (status, err)
    shop.database.sql(f"""UPDATE order_outbox SET created_at = created_at - interval '61 minutes'
                          WHERE order_id = '{order.order_id}'""")
    status, out, err = checkoutctl(shop, "erase", user, "--yes")
    assert status == 0 and out.startswith("orders erased: 1"), (out, err)
    eventually(lambda: shop.database.sql(f"""SELECT count(*) FROM order_outbox WHERE order_id = '{order.order_id}'
                                              AND done_at IS NULL""") == [["0"]], what="the end of the mail")


def a_user_is_exported_and_erased(shop):
    user = shop.new_user((SUNGLASSES, 2))
    order = shop.place(user, metadata=[("idempotency-key", "personal")])
    eventually(lambda: shop.cart(user) == [], what="the cart's clearing")
    eventually(lambda: shop.database.sql("SELECT count(*) FROM order_outbox WHERE done_at IS NULL") == [["0"]], what="the mail")
    status, out, err = checkoutctl(shop, "export", user)
    assert status == 0, err
    exported = json.loads(out)
    assert exported["order_id"] == order.order_id and exported["user_email"] == "someone@example.com"
    assert [item["product_id"] for item in exported["items"]] == [SUNGLASSES]
    assert [event["to_status"] for event in exported["events"]] == ["pending", "paid", "confirmed"]

    status, _, err = checkoutctl(shop, "erase", user)
    assert status == 64 and "needs --yes" in err
    status, out, err = checkoutctl(shop, "erase", user, "--yes")
    assert status == 0 and out.startswith("orders erased: 1, now of erased-"), (out, err)
    everything = "\n".join("|".join(row) for row in shop.database.sql(
        f"SELECT to_jsonb(o), (SELECT jsonb_agg(to_jsonb(e)) FROM order_events AS e WHERE e.order_id = o.order_id) "
        f"FROM orders AS o WHERE order_id = '{order.order_id}'"))
    for personal in (user, "someone", "1600", "Mountain View", "94043", "personal"):
        assert f'"{personal}' not in everything and personal not in everything.replace(order.order_id, ""), personal
    assert shop.database.sql(f"SELECT total_amount, request_hash IS NULL FROM orders WHERE order_id = '{order.order_id}'") == [
        ["48.970000000", "t"]]
    assert checkoutctl(shop, "export", user)[:2] == (0, "")
    assert checkoutctl(shop, "erase", user, "--yes")[1] == "orders erased: 0\n"


def nobody_is_erased_while_an_order_is_under_way(shop):
    user, order_id = unknown_payment(shop)
    status, _, err = checkoutctl(shop, "erase", user, "--yes")
    assert status == 75 and "1 orders of the user are under way" in err, err
    assert shop.database.sql(f"SELECT user_email FROM orders WHERE order_id = '{order_id}'") == [["someone@example.com"]]


OLD = "01a224a2-91e8-4a33-9698-560473fb5b05"


def old_logs(shop):
    lines = {
        "cart": ["2023-07-01T12:00:01.000000000Z AddItemAsync called with userId=old-user, productId=MUG, quantity=2"],
        "checkout": [
            {"message": '[PlaceOrder] user_id="old-user" user_currency="JPY"', "timestamp": "2023-07-01T12:00:02Z"},
            {"message": "payment went through (transaction_id: t-old)", "timestamp": "2023-07-01T12:00:04Z"},
            {"message": 'order confirmation email sent to "old@example.com"', "timestamp": "2023-07-01T12:00:05Z"}],
        "payment": [{"message": 'PaymentService#Charge invoked with request {"amount":{"currency_code":"JPY","units":"13303",'
                                '"nanos":26979251},"credit_card":{"credit_card_number":"4432801561520454"}}',
                     "time": 1688212803000}],
        "frontend": [{"message": "order placed", "order": OLD, "session": "old-user", "timestamp": "2023-07-01T12:00:06Z"},
                     {"message": "order placed", "order": OLD[:-1] + "6", "session": "other", "timestamp": "2023-07-02T12:00:06Z"}],
    }
    files = []
    for name, texts in lines.items():
        files.append(f"{shop.folder}/{name}.log")
        with open(files[-1], "w", encoding="utf-8") as file:
            file.writelines((text if isinstance(text, str) else json.dumps(text)) + "\n" for text in texts)
    return files


def old_orders_are_taken_in_once(shop):
    files = old_logs(shop)
    there = f"SELECT count(*) FROM orders WHERE order_id = '{OLD}'"
    status, out, err = checkoutctl(shop, "backfill", *files, "--dry-run")
    assert status == 0 and out == "2 orders in the logs, to be taken in: 2, there already: 0, incomplete: 1\n", (out, err)
    assert shop.database.sql(there) == [["0"]]
    status, out, err = checkoutctl(shop, "backfill", *files)
    assert status == 0 and out == "2 orders in the logs, taken in: 2, there already: 0, incomplete: 1\n", (out, err)
    assert f"{OLD[:-1]}6: no line of the checkout service asks for it" in err and "4432" not in out + err
    row, = shop.database.sql(f"""SELECT user_id, user_email, user_currency, total_amount, transaction_id, status, source,
        shipping_tracking_id IS NULL, shipping_address_city IS NULL, created_at AT TIME ZONE 'UTC' FROM orders WHERE order_id = '{OLD}'""")
    assert row == ["old-user", "old@example.com", "JPY", "13303.026979251", "t-old", "confirmed", "backfill", "t", "t",
                   "2023-07-01 12:00:06"], row
    assert shop.database.sql(f"SELECT product_id, quantity, cost_units IS NULL FROM order_items WHERE order_id = '{OLD}'") == [
        ["MUG", "2", "t"]]
    status, out, _ = checkoutctl(shop, "backfill", *files)
    assert out == "2 orders in the logs, taken in: 0, there already: 2, incomplete: 1\n", out
    page = shop.channel.call("/checkout.v1.OrderHistory/ListOrders", M["ListOrdersRequest"](user_id="old-user"), "ListOrdersResponse")
    order, = page.orders
    assert not order.HasField("shipping_address") and not order.items[0].HasField("cost") and order.total.units == 13303
    text = subprocess.run(["pg_dump", "-h", shop.database.folder, "-p", str(shop.database.port), "-U", "postgres", "ordersdb"],
                          capture_output=True, text=True, check=True).stdout
    assert "4432801561520454" not in text


def no_card_is_anywhere_in_the_database(shop):
    shop.place(shop.new_user((MUG, 1)))
    text = subprocess.run(["pg_dump", "-h", shop.database.folder, "-p", str(shop.database.port), "-U", "postgres", "ordersdb"],
                          capture_output=True, text=True, check=True).stdout
    number = CARD["credit_card_number"]
    for secret in (number, number.replace("-", "")):
        assert secret not in text, secret


TESTS = [
    a_mail_that_is_refused_for_ever_keeps_nobodys_data,
    it_explains_itself, a_charge_that_is_proved_is_shipped, a_charge_that_never_was_sets_the_shopper_free,
    an_order_that_is_not_there_is_said, a_user_is_exported_and_erased, nobody_is_erased_while_an_order_is_under_way,
    old_orders_are_taken_in_once, no_card_is_anywhere_in_the_database,
]

if __name__ == "__main__":
    sys.exit(1 if run(TESTS, KeptShop, sys.argv[1:]) else 0)
