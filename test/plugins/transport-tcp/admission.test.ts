/** Addresses, and who may begin a handshake. */
import type { NetworkInterfaceInfo } from "node:os";
import t from "tap";
import { formatAddress, isLoopback, listeningAddresses, parseAddress, plainIp, subnetOf } from "../../../plugins/transport-tcp/address.js";
import { Admission, type AdmissionLimits, type Place } from "../../../plugins/transport-tcp/admission.js";

t.test("addresses have one form and one spelling", async (t) => {
  const spelled = (address: string) => formatAddress(parseAddress(address));
  for (const address of [
    "tcp://127.0.0.1:1",
    "tcp://node-1.example.org:65535",
    "tcp://localhost:8646",
    "tcp://[::1]:80",
    "tcp://[2001:db8::1]:8646",
  ])
    t.equal(spelled(address), address);
  t.equal(spelled("tcp://Node.Example.ORG:8646"), "tcp://node.example.org:8646");
  t.equal(spelled("tcp://[2001:DB8:0:0:0:0:0:1]:8646"), "tcp://[2001:db8::1]:8646");
  t.equal(spelled("tcp://[::ffff:10.0.0.1]:8646"), "tcp://10.0.0.1:8646");
  t.equal(spelled("tcp://[::ffff:7f00:1]:8646"), "tcp://127.0.0.1:8646");
  const wrong = [
    "",
    "tcp://",
    "tcp://a",
    "tcp://:1",
    "tcp://a:",
    "tcp://a:0",
    "tcp://a:01",
    "tcp://a:65536",
    "tcp://a:1x",
    "tcp://a:-1",
    "TCP://a:1",
    "udp://a:1",
    " tcp://a:1",
    "tcp://a:1 ",
    "tcp://a:1/",
    "tcp://a:1?x",
    "tcp://u@a:1",
    "tcp://a b:1",
    "tcp://a_b:1",
    "tcp://-a:1",
    "tcp://a-:1",
    "tcp://a..b:1",
    "tcp://.a:1",
    "tcp://a.:1",
    "tcp://1.2.3:1",
    "tcp://256.1.1.1:1",
    "tcp://0x7f000001:1",
    "tcp://2130706433:1",
    "tcp://::1:1",
    "tcp://[127.0.0.1]:1",
    "tcp://[::1:1",
    "tcp://[]:1",
    "tcp://[fe80::1%eth0]:1",
    "tcp://[a]:1",
    "tcp://0.0.0.0:1",
    "tcp://[::]:1",
    "tcp://224.0.0.1:1",
    "tcp://255.255.255.255:1",
    "tcp://[ff02::1]:1",
    `tcp://${"a".repeat(64)}:1`,
    `tcp://${"a.".repeat(150)}b:1`,
    "tcp://a:1\n",
    "tcp://ä:1",
  ];
  for (const address of wrong) t.throws(() => parseAddress(address), { code: "TRANSPORT_BAD_ADDRESS" }, JSON.stringify(address));
});

t.test("where a listener may be dialed", async (t) => {
  const entry = (address: string, internal: boolean) =>
    ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
  const loopback = [entry("127.0.0.1", true), entry("::1", true)];
  const interfaces = {
    lo: loopback,
    eth0: [entry("10.1.2.3", false), entry("2001:db8::7", false), entry("fe80::1", false), entry("169.254.1.1", false)],
  };
  t.same(listeningAddresses("0.0.0.0", 5, interfaces), ["tcp://10.1.2.3:5"], "of a wildcard those of the interfaces");
  t.same(listeningAddresses("::", 5, interfaces), ["tcp://10.1.2.3:5", "tcp://[2001:db8::7]:5"]);
  t.same(listeningAddresses("0.0.0.0", 5, { lo: loopback }), ["tcp://127.0.0.1:5"], "loopback where there is nothing else");
  t.same(listeningAddresses("10.1.2.3", 5, interfaces), ["tcp://10.1.2.3:5"]);
  t.same(listeningAddresses("::1", 5, interfaces), ["tcp://[::1]:5"]);
  t.equal(listeningAddresses("0.0.0.0", 5, { a: Array.from({ length: 20 }, (_, i) => entry(`10.0.0.${i}`, false)) }).length, 8);
});

t.test("IP addresses, their subnets, and this machine", async (t) => {
  t.equal(plainIp("::ffff:10.0.0.1"), "10.0.0.1");
  t.equal(plainIp("fe80::1%eth0"), "fe80::1");
  t.equal(plainIp("2001:0DB8::0001"), "2001:db8::1");
  t.equal(subnetOf("10.1.2.3"), subnetOf("10.1.2.250"));
  t.not(subnetOf("10.1.2.3"), subnetOf("10.1.3.3"));
  t.equal(subnetOf("2001:db8:1:1200::1"), subnetOf("2001:db8:1:12ff:ffff::"), "one /56");
  t.not(subnetOf("2001:db8:1:1200::1"), subnetOf("2001:db8:1:1300::1"));
  t.equal(subnetOf("::1"), subnetOf("::2"));
  t.equal(subnetOf("2001:db8::"), subnetOf("2001:db8::1"));
  t.same(["127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "::2"].map(isLoopback), [true, true, true, false, false]);
});

const LIMITS: AdmissionLimits = {
  inboundConnections: 100,
  outboundConnections: 2,
  connectionsPerAddress: 2,
  connectionsPerSubnet: 3,
  handshakes: 50,
  acceptsPerSecond: 1_000,
  acceptBurst: 1_000,
  subnetAcceptsPerSecond: 1_000,
  subnetAcceptBurst: 1_000,
  excuseLoopback: true,
};

function admissionOf(limits: Partial<AdmissionLimits>) {
  const time = { nowMs: 0 };
  const admission = new Admission({ nowMs: () => time.nowMs, monotonicMs: () => time.nowMs }, { ...LIMITS, ...limits });
  const come = (ip: string) => {
    const place = admission.admitInbound(ip);
    return typeof place === "string" ? place : "in";
  };
  const enter = (ip: string): Place => {
    const place = admission.admitInbound(ip);
    if (typeof place === "string") throw new Error(place);
    return place;
  };
  return { time, admission, come, enter };
}

t.test("numbers: all, one address, one subnet; a place that is given back is free once", async (t) => {
  const { admission, come, enter } = admissionOf({});
  const place = enter("10.0.0.1");
  t.equal(come("10.0.0.1"), "in");
  t.equal(come("10.0.0.1"), "TRANSPORT_ADDRESS_FULL");
  t.equal(come("10.0.0.2"), "in");
  t.equal(come("10.0.0.3"), "TRANSPORT_SUBNET_FULL");
  t.equal(come("10.0.1.3"), "in");
  place.release();
  place.release();
  t.equal(come("10.0.0.3"), "in");
  t.equal(come("10.0.0.1"), "TRANSPORT_SUBNET_FULL", "a second release gave nothing back");
  for (let i = 0; i < 30; i++) t.equal(come("127.0.0.1"), "in", "this machine is excused");
  t.equal(admissionOf({ inboundConnections: 1 }).come("10.0.0.1"), "in");
  const small = admissionOf({ inboundConnections: 1 });
  t.equal(small.come("127.0.0.1"), "in");
  t.equal(small.come("127.0.0.1"), "TRANSPORT_CONNECTIONS_FULL", "but not from the number of all");
  const strict = admissionOf({ excuseLoopback: false });
  t.same(
    [1, 2, 3].map(() => strict.come("127.0.0.1")),
    ["in", "in", "TRANSPORT_ADDRESS_FULL"],
  );
  const [one, two] = [admission.admitOutbound(), admission.admitOutbound()];
  t.ok(one !== undefined && two !== undefined);
  t.equal(admission.admitOutbound(), undefined, "dials have places of their own");
  one?.release();
  t.ok(admission.admitOutbound());
});

t.test("handshakes under way", async (t) => {
  const { come, enter } = admissionOf({ handshakes: 2 });
  const place = enter("127.0.0.1");
  t.equal(come("127.0.0.1"), "in");
  t.equal(come("127.0.0.1"), "TRANSPORT_HANDSHAKES_FULL");
  place.established();
  place.established();
  t.equal(come("127.0.0.1"), "in");
  place.release();
  t.equal(come("127.0.0.1"), "TRANSPORT_HANDSHAKES_FULL", "what was over is not over again");
});

t.test("rates: of all, and of a subnet before it drains what is for all", async (t) => {
  const all = admissionOf({ acceptsPerSecond: 10, acceptBurst: 3 });
  t.same(
    [1, 2, 3, 4].map((i) => all.come(`10.0.${i}.1`)),
    ["in", "in", "in", "TRANSPORT_ACCEPT_RATE"],
  );
  all.time.nowMs += 99;
  t.equal(all.come("10.0.9.1"), "TRANSPORT_ACCEPT_RATE");
  all.time.nowMs += 1;
  t.equal(all.come("10.0.9.1"), "in");
  all.time.nowMs += 3_600_000;
  t.same(
    [1, 2, 3, 4].map((i) => all.come(`10.1.${i}.1`)),
    ["in", "in", "in", "TRANSPORT_ACCEPT_RATE"],
    "no more than the burst is saved",
  );

  const subnet = admissionOf({
    subnetAcceptsPerSecond: 1,
    subnetAcceptBurst: 2,
    acceptBurst: 4,
    acceptsPerSecond: 1,
    connectionsPerSubnet: 100,
  });
  t.same(
    [1, 2, 3, 4].map((i) => subnet.come(`10.0.0.${i}`)),
    ["in", "in", "TRANSPORT_SUBNET_RATE", "TRANSPORT_SUBNET_RATE"],
  );
  t.same(
    [1, 2].map((i) => subnet.come(`10.0.1.${i}`)),
    ["in", "in"],
    "the refused took nothing from the others",
  );
  t.equal(subnet.come("10.0.2.1"), "TRANSPORT_ACCEPT_RATE");
});

t.test("subnets are remembered within a bound", async (t) => {
  const { time, come, enter } = admissionOf({
    subnetAcceptsPerSecond: 1,
    subnetAcceptBurst: 1,
    acceptBurst: 60_000,
    acceptsPerSecond: 1,
    inboundConnections: 60_000,
    handshakes: 60_000,
  });
  t.equal(come("10.0.0.1"), "in");
  t.equal(come("10.0.0.2"), "TRANSPORT_SUBNET_RATE");
  for (let i = 0; i < 4_096; i++) enter(`11.${i >> 8}.${i & 255}.1`).release();
  t.equal(come("10.0.0.2"), "in", "the one longest unseen was forgotten");
  t.equal(come("11.15.255.1"), "TRANSPORT_SUBNET_RATE", "the others were not");
  time.nowMs += 1_000;
  t.equal(come("11.15.255.1"), "in");
});
