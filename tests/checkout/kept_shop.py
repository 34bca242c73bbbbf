"""The service with its peers and a store, and the oracle that compares the payment service's journal with the rows."""
from database import Database
from service import Shop, programs

TIMES = {
    "CHECKOUT_LEASE": "2500ms", "CHECKOUT_RECOVERY_INTERVAL": "100ms", "CHECKOUT_RETRY": "100ms",
    "CHECKOUT_RETRY_MOST": "500ms", "CHECKOUT_HEALTH_INTERVAL": "100ms", "CHECKOUT_STORE_TIMEOUT": "1500ms",
    "CHECKOUT_DUPLICATE_WAIT": "3s", "CHECKOUT_REPLAY_WINDOW_SECONDS": "60", "CHECKOUT_STORE_RETRY": "10s",
    "CHECKOUT_CHARGE_TIMEOUT": "800ms", "CHECKOUT_SHIP_TIMEOUT": "800ms", "CHECKOUT_READ_TIMEOUT": "800ms",
}
CHARGED = ("paid", "confirmed", "refund_due")


class KeptShop(Shop):
    def __init__(self, **more):
        self.database = Database()
        super().__init__(programs(), {"DATABASE_URL": self.database.url, **TIMES, **more})

    def processes(self):
        return [*super().processes(), self.database]

    def close(self):
        super().close()
        self.database.close()

    def orders(self, user):
        return self.database.sql(f"SELECT order_id, status, transaction_id FROM orders WHERE user_id = '{user}' ORDER BY id")

    def statuses(self, user):
        return [row[1] for row in self.orders(user)]

    def charges_of(self, user):
        mine = {row[0] for row in self.orders(user)}
        return [charge for charge in self.charges() if charge["idempotency-key"] in mine]

    def judge(self, acknowledged, carts=()):
        """No charge without its order, none twice, each where it belongs; no OK without its confirmed row, and no second
        charge for one cart. `acknowledged`: the replies' tracking numbers by order; `carts`: users who filled theirs once.
        All orders have come to rest. Returns how many charges there are."""
        rows = {row[0]: row[1:] for row in self.database.sql(
            "SELECT order_id, status, coalesce(transaction_id, ''), coalesce(shipping_tracking_id, ''), user_id FROM orders")}
        charges = self.charges()
        charged = {}
        for charge in charges:
            key = charge["idempotency-key"]
            assert key in rows, f"a charge without its order: {charge}"
            assert key not in charged, f"charged twice: {charge}"
            charged[key] = charge["transaction_id"]
            status, transaction, _, _ = rows[key]
            assert status in (*CHARGED, "payment_unknown"), f"{key} was charged and is {status}"
            assert status not in CHARGED or transaction == charged[key], f"{key} has transaction {transaction}: {charge}"
        shipped = {shipment["tracking_id"] for shipment in self.shipments()}
        paid_by = {}
        for order_id, (status, _, tracking, user) in rows.items():
            assert status != "pending", f"{order_id} was left pending"
            assert status not in CHARGED or order_id in charged, f"{order_id} is {status} and was never charged"
            assert status != "confirmed" or tracking in shipped, f"{order_id} is confirmed and was never shipped"
            if order_id in charged:
                paid_by.setdefault(user, []).append(order_id)
        for order_id, tracking in acknowledged.items():
            assert order_id in rows and rows[order_id][0] == "confirmed", f"{order_id} was acknowledged: {rows.get(order_id)}"
            assert rows[order_id][2] == tracking, f"{order_id} was acknowledged with another tracking number"
        for user in carts:
            assert len(paid_by.get(user, [])) <= 1, f"one cart, charged as {paid_by[user]}"
        torn = self.database.sql("""
            SELECT order_id FROM orders AS o WHERE status <> (SELECT to_status FROM order_events AS e
                                                              WHERE e.order_id = o.order_id ORDER BY e.id DESC LIMIT 1)
            UNION SELECT order_id FROM orders AS o WHERE NOT EXISTS (SELECT FROM order_items AS i WHERE i.order_id = o.order_id)""")
        assert not torn, f"without their items or events: {torn}"
        return len(charges)

    def are_at_rest(self):
        return self.database.sql("SELECT count(*) FROM orders WHERE status IN ('pending', 'paid')") == [["0"]]
