#!/usr/bin/env python3
"""Orders at full rate on two replicas while somebody is killed or stopped at random every moment; then the oracle. 20
seconds, or CHECKOUT_SOAK_SECONDS (bench/orders/soak: ten minutes)."""
import os
import random
import signal
import sys
import threading
import time
import traceback

import grpc

from kept_shop import KeptShop
from shop import PEERS, CartItem, M, eventually

PRODUCTS = ["OLJCESPC7Z", "66VCHSJNUP", "1YMWWN1N4O", "L9ECAV7KIM", "9SIQT8TOJO", "6E92ZMYYFZ"]
SECONDS = float(os.environ.get("CHECKOUT_SOAK_SECONDS", "20"))
SEED = int(os.environ.get("CHECKOUT_SOAK_SEED", str(time.time_ns() % 1_000_000)))
CLIENTS = 12
TIMES = {"CHECKOUT_LEASE": "3s", "CHECKOUT_CHARGE_TIMEOUT": "1s", "CHECKOUT_SHIP_TIMEOUT": "1s",
         "CHECKOUT_PAYMENT_READY_TIMEOUT": "500ms"}


class Soak:
    def __init__(self):
        self.shop = KeptShop(**TIMES)
        self.replica, self.replica_channel = self.shop.another("replica")
        self.is_over = threading.Event()
        self.guard = threading.Lock()
        self.acknowledged, self.carts = {}, []
        self.accidents = {}
        self.problems = []
        self.random = random.Random(SEED)

    def victims(self):
        return {"service": self.shop.service, "replica": self.replica, "database": self.shop.database, **self.shop.peers}

    def cause_accidents(self):
        """One at a time: who died is started again, who was stopped goes on. In the main thread, since processes die with
        the thread that started them."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(self.random.uniform(0.1, 0.8))
            name = self.random.choice(list(self.victims()))
            victim = self.victims()[name]
            how = "killed" if name == "database" or self.random.random() < 0.7 else "stopped"
            self.accidents[f"{name} {how}"] = self.accidents.get(f"{name} {how}", 0) + 1
            if how == "killed":
                victim.process.kill()
                time.sleep(self.random.uniform(0, 0.3))
                victim.restart()
            else:
                victim.process.send_signal(signal.SIGSTOP)
                time.sleep(self.random.uniform(0.1, 1.5))
                victim.process.send_signal(signal.SIGCONT)

    def fill_cart(self, user, chance):
        request = M["AddItemRequest"](user_id=user, item=CartItem(product_id=chance.choice(PRODUCTS), quantity=chance.randint(1, 5)))
        while not self.is_over.is_set():
            try:
                self.shop.channels["cart"].call("/hipstershop.CartService/AddItem", request, "Empty", 3, wait=True)
                return True
            except grpc.RpcError:
                pass
        return False

    def place(self, user, chance):
        """Two clicks, on either replica, and some more tries."""
        metadata = [("idempotency-key", f"key of {user}")] if chance.random() < 0.5 else []
        for attempt in range(5):
            channels = [self.shop.channel, self.replica_channel]
            chance.shuffle(channels)
            calls = [channel.future("/hipstershop.CheckoutService/PlaceOrder", self.shop.request(user), "PlaceOrderResponse", 6,
                                    metadata, wait=True) for channel in (channels if attempt == 0 else channels[:1])]
            is_done = False
            for call in calls:
                try:
                    order = call.result().order
                    with self.guard:
                        self.acknowledged[order.order_id] = order.shipping_tracking_id
                    is_done = True
                except grpc.RpcError as problem:
                    is_done = is_done or ("checkout-retryable", "false") in (problem.trailing_metadata() or ())
            if is_done:
                return

    def shop_on(self, number):
        chance = random.Random(SEED * 1000 + number)
        try:
            count = 0
            while not self.is_over.is_set():
                count += 1
                user = f"client-{number}-{count}"
                if self.fill_cart(user, chance):
                    with self.guard:
                        self.carts.append(user)
                    self.place(user, chance)
        except Exception:  # pylint: disable=broad-except
            self.problems.append(traceback.format_exc())

    def run(self):
        threads = [threading.Thread(target=self.shop_on, args=(number,)) for number in range(CLIENTS)]
        for one in threads:
            one.start()
        try:
            self.cause_accidents()
        finally:
            self.is_over.set()
        for one in threads:
            one.join()
        assert not self.problems, self.problems[0]
        self.shop.wait_until_serving()
        eventually(self.shop.are_at_rest, 60, "recovery")
        return self.shop.judge(self.acknowledged, self.carts)

    def close(self):
        self.replica.kill()
        self.shop.close()


def main():
    soak = Soak()
    start = time.monotonic()
    name = "under_random_accidents_no_order_is_lost_and_none_is_charged_twice"
    try:
        charges = soak.run()
        unknown = soak.shop.database.sql("SELECT count(*) FROM orders WHERE status = 'payment_unknown'")[0][0]
        assert len(soak.acknowledged) > SECONDS, "hardly any order was placed"
        print(f"ok {name} ({time.monotonic() - start:.2f} s)")
        print(f"soak: {len(soak.carts)} carts, {len(soak.acknowledged)} orders acknowledged, {charges} charges, {unknown} unknown; "
              f"{sum(soak.accidents.values())} accidents, seed {SEED}", flush=True)
        return 0
    except Exception:  # pylint: disable=broad-except
        print(f"not ok {name}, seed {SEED}\n{traceback.format_exc()}")
        for one in (soak.shop.service, soak.replica):
            print(one.text()[-3000:])
        return 1
    finally:
        soak.close()


if __name__ == "__main__":
    sys.exit(main())
