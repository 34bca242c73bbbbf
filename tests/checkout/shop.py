"""The shop's wire format, written from the contract's tables and from nothing of ours, and the six peers to run, each a
process of its own on a free port of the loopback interface."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SCALARS = {"string": 9, "int32": 5, "int64": 3, "bool": 8, "enum": 14}

# message: field = number : type; * is repeated
MESSAGES = {
    "hipstershop": """
Money: currency_code=1:string units=2:int64 nanos=3:int32
Address: street_address=1:string city=2:string state=3:string country=4:string zip_code=5:int32
CartItem: product_id=1:string quantity=2:int32
Cart: user_id=1:string items=2:*CartItem
GetCartRequest: user_id=1:string
GetProductRequest: id=1:string
Product: id=1:string name=2:string description=3:string picture=4:string price_usd=5:Money categories=6:*string
GetSupportedCurrenciesResponse: currency_codes=1:*string
GetQuoteRequest: address=1:Address items=2:*CartItem
GetQuoteResponse: cost_usd=1:Money
ShipOrderRequest: address=1:Address items=2:*CartItem
ShipOrderResponse: tracking_id=1:string
SendOrderConfirmationRequest: email=1:string order=2:OrderResult
EmptyCartRequest: user_id=1:string
AddItemRequest: user_id=1:string item=2:CartItem
Empty:
CreditCardInfo: credit_card_number=1:string credit_card_cvv=2:int32 credit_card_expiration_year=3:int32 credit_card_expiration_month=4:int32
ChargeRequest: amount=1:Money credit_card=2:CreditCardInfo
ChargeResponse: transaction_id=1:string
CurrencyConversionRequest: from=1:Money to_code=2:string
OrderItem: item=1:CartItem cost=2:Money
OrderResult: order_id=1:string shipping_tracking_id=2:string shipping_cost=3:Money shipping_address=4:Address items=5:*OrderItem
PlaceOrderRequest: user_id=1:string user_currency=2:string address=3:Address email=5:string credit_card=6:CreditCardInfo
PlaceOrderResponse: order=1:OrderResult
""",
    "grpc.health.v1": """
HealthCheckRequest: service=1:string
HealthCheckResponse: status=1:int32
""",
    "checkout.v1": """
GetOrderRequest: user_id=1:string order_id=2:string
ListOrdersRequest: user_id=1:string page_size=2:int32 page_token=3:string
Order: order_id=1:string status=2:string created_at=3:string total=4:hipstershop.Money shipping_tracking_id=5:string shipping_cost=6:hipstershop.Money shipping_address=7:hipstershop.Address items=8:*hipstershop.OrderItem
ListOrdersResponse: orders=1:*Order next_page_token=2:string
""",
    "checkout.test": """
Fault: method=1:string at=2:int32 moment=3:int32 delay_ms=4:int32 kill_pid=5:int32 die=6:bool hang=7:bool status=8:int32 message=9:string signal=10:int32
Waiting: faults=1:int32
Nothing:
""",
}


def build_messages():
    pool = descriptor_pool.DescriptorPool()
    names = []
    for package, text in MESSAGES.items():
        file = descriptor_pb2.FileDescriptorProto(name=package + ".proto", package=package, syntax="proto3")
        for line in text.strip().splitlines():
            name, _, fields = line.partition(":")
            message = file.message_type.add(name=name)
            names.append(f"{package}.{name}")
            for field in fields.split():
                key, number, kind = field.replace("=", ":").split(":")
                one = message.field.add(name=key, number=int(number), label=3 if kind.startswith("*") else 1)
                kind = kind.lstrip("*")
                if kind in SCALARS:
                    one.type = SCALARS[kind]
                else:
                    one.type, one.type_name = 11, f".{kind}" if "." in kind else f".{package}.{kind}"
                    if "." in kind and kind.split(".")[0] + ".proto" not in file.dependency:
                        file.dependency.append(kind.split(".")[0] + ".proto")
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name.rsplit(".", 1)[1]: factory.GetPrototype(pool.FindMessageTypeByName(name)) for name in names}


M = build_messages()
Money, Address, CartItem, CreditCardInfo = M["Money"], M["Address"], M["CartItem"], M["CreditCardInfo"]


def money(amount):
    return (amount.currency_code, amount.units, amount.nanos)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(holds, seconds=20, what="it"):
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.01)


class Process:
    """One that is killed with the test, however that ends."""

    def __init__(self, words, env, output):
        self.output = output
        self.file = open(output, "ab")
        self.start = lambda: subprocess.Popen(words, env=env, stdout=self.file, stderr=subprocess.STDOUT,
                                              preexec_fn=die_with_parent)
        self.process = self.start()

    def restart(self):
        self.kill()
        self.process = self.start()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds=20):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def text(self):
        with open(self.output, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log(self):
        """The JSON lines that it wrote."""
        lines = []
        for line in self.text().splitlines():
            try:
                lines.append(json.loads(line))
            except json.JSONDecodeError:
                pass
        return lines


def die_with_parent():
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Channel:
    def __init__(self, port):
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0), ("grpc.initial_reconnect_backoff_ms", 50),
                                          ("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1)])

    def call(self, method, request, response, timeout=20, metadata=(), wait=False):
        stub = self.channel.unary_unary(method, request_serializer=type(request).SerializeToString,
                                        response_deserializer=M[response].FromString)
        return stub.with_call(request, timeout=timeout, metadata=metadata, wait_for_ready=wait)[0]

    def future(self, method, request, response, timeout=20, metadata=(), wait=False):
        stub = self.channel.unary_unary(method, request_serializer=type(request).SerializeToString,
                                        response_deserializer=M[response].FromString)
        return stub.future(request, timeout=timeout, metadata=metadata, wait_for_ready=wait)


PEERS = {"shipping": "SHIPPING_SERVICE_ADDR", "catalogue": "PRODUCT_CATALOG_SERVICE_ADDR", "cart": "CART_SERVICE_ADDR",
         "currency": "CURRENCY_SERVICE_ADDR", "email": "EMAIL_SERVICE_ADDR", "payment": "PAYMENT_SERVICE_ADDR"}

CARD = dict(credit_card_number="4432-8015-6152-0454", credit_card_cvv=672, credit_card_expiration_year=2039,
            credit_card_expiration_month=1)
ADDRESS = dict(street_address="1600 Amphitheatre Parkway", city="Mountain View", state="CA", country="United States",
               zip_code=94043)


class Peers:
    """The six peers alone."""

    def __init__(self, programs):
        self.folder = tempfile.mkdtemp(prefix="checkout-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.programs = programs
        self.ports = {name: free_port() for name in PEERS}
        self.peers = {name: self.start_peer(name) for name in PEERS}
        self.channels = {name: Channel(port) for name, port in self.ports.items()}
        self.users = 0
        for name in PEERS:
            self.clear(name)  # answers when it serves

    def start_peer(self, name):
        words = [self.programs["peer"], name, "--listen", f"127.0.0.1:{self.ports[name]}", "--journal", self.journal_of(name)]
        return Process(words, {"PATH": os.environ["PATH"]}, f"{self.folder}/{name}.out")

    def processes(self):
        return list(self.peers.values())

    def close(self):
        for one in self.processes():
            one.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def journal_of(self, name):
        return f"{self.folder}/{name}.journal"

    def journal(self, name):
        if not os.path.exists(self.journal_of(name)):
            return []
        with open(self.journal_of(name), encoding="utf-8") as file:
            return [json.loads(line) for line in file.read().splitlines()]

    def charges(self):
        return self.journal("payment")

    def shipments(self):
        return self.journal("shipping")

    # What is told to peers.
    def fault(self, name, method, **how):
        self.channels[name].call("/checkout.test.PeerControl/SetFault", M["Fault"](method=method, **how), "Nothing", wait=True)

    def faults_waiting(self, name):
        return self.channels[name].call("/checkout.test.PeerControl/CountFaults", M["Nothing"](), "Waiting", 5, wait=True).faults

    def clear(self, name=None):
        def is_cleared(one):
            try:
                self.channels[one].call("/checkout.test.PeerControl/Clear", M["Nothing"](), "Nothing", 5, wait=True)
                return True
            except grpc.RpcError:  # the one before it has just been killed
                return False

        for one in [name] if name else PEERS:
            eventually(lambda one=one: is_cleared(one), what=f"an answer of {one}")

    # What a shop front does.
    def new_user(self, *items):
        self.users += 1
        user = f"user-{self.users}"
        for product, quantity in items:
            self.add(user, product, quantity)
        return user

    def add(self, user, product, quantity):
        request = M["AddItemRequest"](user_id=user, item=CartItem(product_id=product, quantity=quantity))
        self.channels["cart"].call("/hipstershop.CartService/AddItem", request, "Empty", wait=True)

    def cart(self, user):
        request = M["GetCartRequest"](user_id=user)
        got = self.channels["cart"].call("/hipstershop.CartService/GetCart", request, "Cart", wait=True)
        return [(item.product_id, item.quantity) for item in got.items]


def run(tests, setup, arguments):
    """Prints "ok NAME" or "not ok NAME" for each; the names may be narrowed by words on the command line."""
    failures = 0
    names = [word for word in arguments if not word.startswith("-")]
    shop = setup()
    try:
        for test in tests:
            name = test.__name__
            if names and not any(word in name for word in names):
                continue
            start = time.monotonic()
            try:
                shop.clear()
                test(shop)
                print(f"ok {name} ({time.monotonic() - start:.2f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                failures += 1
                print(f"not ok {name}\n{traceback.format_exc()}", flush=True)
                for one in shop.processes():
                    print(one.text()[-2000:], flush=True)
                    if one.process.poll() is not None:
                        one.restart()
    finally:
        shop.close()
    return failures


def programs():
    here = os.path.dirname(os.path.abspath(__file__))
    bin_folder = os.environ.get("CHECKOUT_BIN", os.path.join(here, "../../build/dev/bin"))
    return {"peer": os.path.join(bin_folder, "checkout_peer")}
