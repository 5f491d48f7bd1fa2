import t from "tap";
import type { NetworkChain } from "../../../../core/network/chain.js";
import type { MessageVerdict } from "../../../../core/ports/consensus.js";
import type { Bytes } from "../../../../core/primitives/bytes.js";
import { Station, type TestPeer, Town } from "./fixtures.js";

interface Heard {
  readonly channel: string;
  readonly payload: Bytes;
}

/** A station whose engine a test plays. */
async function played(): Promise<{
  town: Town;
  station: Station;
  heard: Heard[];
  judge: (verdict: (payload: Bytes) => MessageVerdict | Promise<MessageVerdict>) => void;
}> {
  const town = await Town.of(1);
  const { chain, mempool, spec } = town.node(0);
  const heard: Heard[] = [];
  let judge: (payload: Bytes) => MessageVerdict | Promise<MessageVerdict> = () => "accept";
  const engine: NetworkChain = new Proxy(chain, {
    get(target, name) {
      if (name === "channels")
        return [
          { name: "vote", maxMessageBytes: 100 },
          { name: "proposal", maxMessageBytes: 1_000 },
        ];
      if (name === "onEngineMessage")
        return async (channel: string, payload: Bytes) => {
          heard.push({ channel, payload });
          return judge(payload);
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const station = new Station("played", { chain: engine, mempool, spec, time: town.time });
  return {
    town,
    station,
    heard,
    judge: (next) => {
      judge = next;
    },
  };
}

const vote = (...bytes: number[]) => ({ type: "engine", channel: "vote", payload: Uint8Array.from(bytes) }) as const;
const votes = (peer: TestPeer) => peer.sentOf("engine").map(({ payload }) => [...payload]);

t.test("what the engine accepts goes to all others, once; what it publishes goes to all", async (t) => {
  const { town, station, heard } = await played();
  const [a, b, c] = [station.stranger("a"), station.stranger("b"), station.stranger("c")];
  await station.receive(a, vote(1));
  await station.receive(b, vote(1));
  await station.receive(a, vote(1));
  t.equal(heard.length, 1);
  t.same([votes(a), votes(b), votes(c)], [[], [[1]], [[1]]]);
  await station.receive(a, { ...vote(1), channel: "proposal" });
  t.equal(heard.length, 2, "the same bytes on another channel are another message");
  station.gossip.publishEngine("vote", Uint8Array.of(2));
  for (const peer of [a, b, c]) t.same(votes(peer).at(-1), [2]);
  await station.receive(b, vote(2));
  t.equal(heard.length, 2, "its own words come back");
  t.equal(station.count("gossip_engine_messages_total{duplicate}"), 3);
  await station.stop();
  await town.stop();
});

t.test("two copies at a time are judged once, and neither sender gets it back", async (t) => {
  const { town, station, heard, judge } = await played();
  const [a, b, c] = [station.stranger("a"), station.stranger("b"), station.stranger("c")];
  let decide: (verdict: MessageVerdict) => void = () => undefined;
  judge(() => new Promise((resolve) => (decide = resolve)));
  const both = Promise.all([station.receive(a, vote(3)), station.receive(b, vote(3))]);
  decide("accept");
  await both;
  t.equal(heard.length, 1);
  t.same([votes(a), votes(b), votes(c)], [[], [], [[3]]]);
  await station.stop();
  await town.stop();
});

t.test("what is ignored stays here and may come again; what is rejected is a violation of all who sent it", async (t) => {
  const { town, station, heard, judge } = await played();
  const [a, b, c] = [station.stranger("a"), station.stranger("b"), station.stranger("c")];
  judge(() => "ignore");
  await station.receive(a, vote(4));
  t.same([votes(b), a.offences], [[], []]);
  judge(() => "accept");
  await station.receive(a, vote(4));
  t.same([votes(b), votes(c)], [[[4]], [[4]]]);
  judge(() => "reject");
  await station.receive(a, vote(5));
  t.same(a.offences, ["violation GOSSIP_INVALID_ENGINE_MESSAGE"]);
  await station.receive(b, vote(5));
  t.equal(heard.length, 3, "known as bad: not judged again");
  t.same([votes(c), b.offences], [[[4]], []]);
  judge(() => {
    throw new Error("a fault of the engine");
  });
  await station.receive(b, vote(6));
  t.same(b.offences, [], "nobody is blamed for the engine");
  t.equal(station.count("gossip_engine_messages_total{failed}"), 1);
  await station.stop();
  await town.stop();
});

t.test("an engine that breaks its word hears of it", async (t) => {
  const { town, station } = await played();
  t.throws(() => station.gossip.publishEngine("whisper", Uint8Array.of(1)), {
    code: "NETWORK_UNKNOWN_ENGINE_CHANNEL",
    message: /vote, proposal/,
  });
  t.throws(() => station.gossip.publishEngine("vote", new Uint8Array(101)), { code: "NETWORK_ENGINE_MESSAGE_TOO_LARGE" });
  await station.stop();
  const plain = town.station(0);
  t.throws(() => plain.gossip.publishEngine("vote", Uint8Array.of(1)), { message: /its channels are none/ });
  await town.stop();
});
