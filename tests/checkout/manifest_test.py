#!/usr/bin/env python3
"""The Kubernetes manifest says what the contract asks for."""
import os
import sys
import time
import traceback

import yaml

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../services/checkout/deploy/kubernetes.yaml")
ESTATE = os.path.join(os.path.dirname(FILE), "../../../examples/online-boutique/innkeeper.yaml")
with open(FILE, encoding="utf-8") as text:
    OBJECTS = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(text)}
POD = OBJECTS["Deployment", "checkoutservice"]["spec"]["template"]["spec"]
SERVER = POD["containers"][0]
ENV = {one["name"]: one for one in SERVER["env"]}
GRPC = {"name": "grpc", "containerPort": 5050}


def it_listens_where_the_shop_front_looks():
    assert SERVER["ports"] == [GRPC]
    service = OBJECTS["Service", "checkoutservice"]["spec"]
    assert service["type"] == "ClusterIP" and service["selector"] == {"app": "checkoutservice"}
    assert service["ports"] == [{"name": "grpc", "port": 5050, "targetPort": 5050}]
    assert ENV["PORT"]["value"] == "5050"


def its_peers_are_where_the_shop_has_them():
    wanted = {"SHIPPING_SERVICE_ADDR": "shippingservice:50051", "PRODUCT_CATALOG_SERVICE_ADDR": "productcatalogservice:3550",
              "CART_SERVICE_ADDR": "cartservice:7070", "CURRENCY_SERVICE_ADDR": "currencyservice:7000",
              "EMAIL_SERVICE_ADDR": "emailservice:5000", "PAYMENT_SERVICE_ADDR": "paymentservice:50051"}
    assert {name: ENV[name]["value"] for name in wanted} == wanted


def its_database_url_is_the_secret_that_the_estate_writes():
    reads = ENV["DATABASE_URL"]["valueFrom"]["secretKeyRef"]
    assert "value" not in ENV["DATABASE_URL"]
    with open(ESTATE, encoding="utf-8") as estate:
        secrets = yaml.safe_load(estate)["services"]["checkout"]["secrets"]
    written = {(one["kubernetes"].split("/")[1], key) for one in secrets if "kubernetes" in one for key in one["keys"]}
    assert (reads["name"], reads["key"]) in written, (reads, written)


def it_may_do_nothing_on_its_node():
    assert POD["serviceAccountName"] == "checkoutservice" and ("ServiceAccount", "checkoutservice") in OBJECTS
    pod, server = POD["securityContext"], SERVER["securityContext"]
    assert (pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"], pod["runAsNonRoot"]) == (1000, 1000, 1000, True)
    assert server["allowPrivilegeEscalation"] is False and server["readOnlyRootFilesystem"] is True
    assert server["capabilities"] == {"drop": ["ALL"]}
    assert SERVER["resources"] == {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}}


def its_probes_ask_the_two_names():
    assert SERVER["readinessProbe"]["grpc"] == {"port": 5050, "service": "hipstershop.CheckoutService"}
    assert SERVER["livenessProbe"]["grpc"] == {"port": 5050}
    assert POD["terminationGracePeriodSeconds"] > 25


def the_shop_front_alone_may_call_it_and_it_alone_the_database():
    policy = OBJECTS["NetworkPolicy", "checkoutservice"]["spec"]
    assert policy["ingress"] == [{"from": [{"podSelector": {"matchLabels": {"app": "frontend"}}}],
                                  "ports": [{"protocol": "TCP", "port": 5050}]}]
    database = OBJECTS["NetworkPolicy", "postgres"]["spec"]
    assert database["ingress"][0]["from"] == [{"podSelector": {"matchLabels": {"app": "checkoutservice"}}}]


TESTS = [it_listens_where_the_shop_front_looks, its_peers_are_where_the_shop_has_them, its_database_url_is_the_secret_that_the_estate_writes,
         it_may_do_nothing_on_its_node, its_probes_ask_the_two_names, the_shop_front_alone_may_call_it_and_it_alone_the_database]

if __name__ == "__main__":
    failures = 0
    for test in TESTS:
        start = time.monotonic()
        try:
            test()
            print(f"ok {test.__name__} ({time.monotonic() - start:.2f} s)")
        except Exception:  # pylint: disable=broad-except
            failures += 1
            print(f"not ok {test.__name__}\n{traceback.format_exc()}")
    sys.exit(1 if failures else 0)
