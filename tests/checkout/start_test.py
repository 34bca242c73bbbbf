#!/usr/bin/env python3
"""When the service serves: on a primary with the schema that it needs, which it makes itself only where it may."""
import os
import sys

import grpc

from database import SCHEMA
from kept_shop import KeptShop
from shop import eventually, run

MUG = "6E92ZMYYFZ"
NAME = "hipstershop.CheckoutService"
SCHEMA_DIR = os.path.realpath(SCHEMA)


def says(process, text):
    return any(text in line["message"] for line in process.log())


def it_starts_in_these_words(shop):
    messages = [line["message"] for line in shop.service.log()]
    wanted = ["Tracing disabled.", "Profiling disabled.", "Database URL provided, initializing database connection",
              f'starting to listen on tcp: "[::]:{shop.port}"', "Successfully connected to PostgreSQL database",
              "Database connection established successfully"]
    assert [one for one in messages if one in wanted] == wanted, messages
    assert shop.database.url not in shop.service.text()


def it_does_not_serve_from_a_standby(shop):
    user = shop.new_user((MUG, 1))
    before = len(shop.charges())
    shop.database.become_standby(True)
    eventually(lambda: shop.health(NAME) == 2, what="NOT_SERVING")
    shop.expect_refusal(user, 14, "order store unavailable", "store")
    assert len(shop.charges()) == before and shop.health("") == 1
    shop.database.become_standby(False)
    shop.wait_until_serving()
    shop.place(user)


def it_does_not_serve_a_schema_that_is_not_there(shop):
    shop.database.sql("CREATE DATABASE empty")
    process, channel = shop.another("empty", DATABASE_URL=shop.database.url_of("postgres", "empty"))
    eventually(lambda: says(process, "order store unavailable: "), what="a word")
    assert shop.health(NAME, channel=channel) == 2 and shop.health("", channel=channel) == 1
    assert shop.database.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", database="empty") == [["0"]]
    assert process.terminate() == 0


def it_compares_versions_and_migrates_only_where_it_may(shop):
    shop.database.sql("CREATE DATABASE fresh")
    url = shop.database.url_of("postgres", "fresh")
    looks_only, channel = shop.another("looks", DATABASE_URL=url, CHECKOUT_SCHEMA_DIR=SCHEMA_DIR)
    eventually(lambda: says(looks_only, "the schema is not what it has to be"), what="a word")
    assert shop.health(NAME, channel=channel) == 2
    assert shop.database.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", database="fresh") == [["0"]]

    migrates, _ = shop.another("migrates", DATABASE_URL=url, CHECKOUT_SCHEMA_DIR=SCHEMA_DIR, MIGRATION_DATABASE_URL=url)
    eventually(lambda: says(migrates, "Database connection established successfully"), what="a migration")
    assert shop.database.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", database="fresh") == [["1"]]
    eventually(lambda: shop.health(NAME, channel=channel) == 1, what="the other one's readiness")
    assert says(looks_only, "the schema is at version 6")
    for one in (looks_only, migrates):
        assert one.terminate() == 0 and url not in one.text()


def two_cannot_have_one_port(shop):
    process, _ = shop.another("second", PORT=str(shop.port))
    assert process.process.wait(20) == 1 and says(process, "failed to listen on tcp")


def at_the_end_it_is_not_ready_and_finishes(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("payment", "Charge", at=1, delay_ms=500)
    call = shop.place_later(user)
    eventually(lambda: shop.statuses(user) == ["pending"], what="T1")
    shop.service.process.terminate()
    assert call.result().order.order_id
    assert shop.service.process.wait(20) == 0
    try:
        shop.health("", timeout=2)
        raise AssertionError("it still serves")
    except grpc.RpcError:
        pass
    assert shop.statuses(user) == ["confirmed"]
    shop.service.restart()
    shop.wait_until_serving()


def who_hangs_at_the_end_is_left_to_recovery(shop):
    user = shop.new_user((MUG, 1))
    shop.fault("shipping", "ShipOrder", hang=True)
    process, channel = shop.another("ends", CHECKOUT_SHIP_TIMEOUT="60s", CHECKOUT_SHUTDOWN_TIMEOUT="300ms")
    eventually(lambda: shop.health(NAME, channel=channel) == 1, what="readiness")
    call = channel.future("/hipstershop.CheckoutService/PlaceOrder", shop.request(user), "PlaceOrderResponse")
    eventually(lambda: shop.statuses(user) == ["paid"], what="T2")
    assert process.terminate(5) == 0
    assert call.exception() is not None
    shop.clear()
    eventually(lambda: shop.statuses(user) == ["confirmed"], what="the other replica's recovery")
    assert len(shop.charges_of(user)) == 1


TESTS = [
    it_starts_in_these_words, it_does_not_serve_from_a_standby, it_does_not_serve_a_schema_that_is_not_there,
    it_compares_versions_and_migrates_only_where_it_may, two_cannot_have_one_port, at_the_end_it_is_not_ready_and_finishes,
    who_hangs_at_the_end_is_left_to_recovery,
]

if __name__ == "__main__":
    sys.exit(1 if run(TESTS, KeptShop, sys.argv[1:]) else 0)
