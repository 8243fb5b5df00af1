"""fleet.py ENDPOINT CLOCK_URL: fleets.json with clients of AWS's X-Ray SDK for Python, by a clock of our own.

The SDK's pollers are threads that sleep; here what they do is called when their time has come.
"""

import http.client
import json
import math
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from checks import check

RUN_SECONDS = 1800
REPORT_SECONDS = 10
RULES_SECONDS = 300
WITHIN = 0.1
# A client's own share is of few samples, in whole traces a second.
SHARE_WITHIN = 0.15
ENDPOINT, CLOCK_URL = (urlsplit(url) for url in sys.argv[1:3])

now = math.ceil(time.time())
time.time = lambda: now
clock = http.client.HTTPConnection(CLOCK_URL.netloc)


def set_clock():
    clock.request("POST", "/", str(int(now * 1000)))
    clock.getresponse().read()


class Client:
    def __init__(self, service, index, perSecond, **active):
        self.service, self.index, self.per_second = service, index, perSecond
        self.begins, self.ends = active.get("from", 0), active.get("to", RUN_SECONDS)
        self.sampled = self.expected = 0
        self.sampler = DefaultSampler()
        self.sampler.load_settings(DaemonConfig(f"tcp:{ENDPOINT.netloc} udp:{ENDPOINT.netloc}"), Context())
        self.sampler._started = True
        self.sampler._rule_poller._refresh_cache()

    def poll(self, second):
        rules, targets = self.sampler._rule_poller, self.sampler._target_poller
        # Each has its own second to report in.
        if second % REPORT_SECONDS == self.index and second > self.index:
            set_clock()
            targets._do_work()
        woken = rules._time_elapsed > 0
        if woken or (second > 0 and second % RULES_SECONDS == self.index):
            set_clock()
            rules._time_elapsed = 0
            rules._refresh_cache()

    def decide(self):
        for _ in range(self.per_second):
            if self.sampler.should_trace({"service": self.service}):
                self.sampled += 1


def run(fleet, service):
    global now
    set_clock()
    clients = [Client(service, index, **one) for index, one in enumerate(fleet["clients"])]
    for second in range(RUN_SECONDS):
        now += 1
        active = [one for one in clients if one.begins <= second < one.ends]
        requests = sum(one.per_second for one in active)
        for client in clients:
            client.poll(second)
        for client in active:
            # What the rule asks for in this second: the reservoir shared by demand, and the rate of the rest.
            first = min(client.per_second, fleet["reservoir"] * client.per_second / requests)
            client.expected += first + (client.per_second - first) * fleet["rate"]
            client.decide()
    report(fleet["name"], clients)


def report(name, clients):
    ratio = sum(one.sampled for one in clients) / sum(one.expected for one in clients)
    say(f"python, {name}: half an hour's samples are what the rule asks for", ratio, WITHIN)
    if len(clients) > 1:
        worst = max((one.sampled / one.expected for one in clients), key=lambda ratio: abs(ratio - 1))
        say(f"python, {name}: each client has its share", worst, SHARE_WITHIN)


def say(name, ratio, within):
    off = f"{(ratio - 1) * 100:.1f} % off"
    with check(f"{name} ({off})" if abs(ratio - 1) <= within else name):
        assert abs(ratio - 1) <= within, off


for index, fleet in enumerate(json.loads(Path(__file__).with_name("fleets.json").read_text())):
    run(fleet, f"fleet-{index}")
