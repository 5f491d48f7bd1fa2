/**
 * What a scenario may say. It is data: a program can write one, take a fault out of one, and store one beside its seed.
 *
 * Everything that a schema can't say (names that exist, shares that fit together, times that lie within the run) is in checks.ts.
 */
import { type Static, Type } from "../../sdk.js";

const duration = (description: string, fallback?: string) =>
  Type.String({
    description: `${description}: 250ms, 90s, 10m, 2h`,
    minLength: 1,
    maxLength: 24,
    ...(fallback === undefined ? {} : { default: fallback }),
  });
const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    description: `${description}; a group's name means all of it, * everybody`,
    maxItems: 10_000,
  });
const documentOf = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description, default: {} });

export const LatencySchema = Type.Object(
  {
    constant: Type.Optional(duration("Always the same")),
    uniform: Type.Optional(Type.Array(duration("From, to"), { description: "Evenly between two durations", minItems: 2, maxItems: 2 })),
    logNormal: Type.Optional(
      Type.Object(
        {
          median: duration("Half of all are below"),
          sigma: Type.Number({
            description: "Standard deviation of the logarithm; 0.3 is calm, 1 has a long tail",
            default: 0.3,
            minimum: 0,
            maximum: 3,
          }),
        },
        { description: "As on the Internet: most near the median, some much later", additionalProperties: false },
      ),
    ),
  },
  { description: "One way, by exactly one of these", additionalProperties: false },
);

const LinkSchema = Type.Object(
  {
    from: Type.String({ description: "Node or group", minLength: 1, maxLength: 64 }),
    to: Type.String({ description: "Node or group", minLength: 1, maxLength: 64 }),
    latency: Type.Optional(LatencySchema),
    loss: Type.Optional(Type.Number({ description: "Share of packets that are lost and sent again", minimum: 0, maximum: 0.9 })),
  },
  { description: "One direction between some nodes; the last that fits counts", additionalProperties: false },
);

const NetworkSchema = Type.Object(
  {
    topology: Type.Union([Type.Literal("full"), Type.Literal("ring"), Type.Literal("random")], {
      description: "Who dials whom, for ever. full: everybody everybody. ring: the next one. random: `degree` others",
      default: "random",
    }),
    degree: Type.Integer({ description: "random: outbound connections of each node", default: 4, minimum: 1, maximum: 128 }),
    latency: Type.Optional(LatencySchema),
    regions: Type.Optional(
      Type.Object(
        {
          names: Type.Array(Type.String({ minLength: 1, maxLength: 32 }), {
            description: "Regions, in the table's order",
            minItems: 1,
            maxItems: 32,
          }),
          median: Type.Array(Type.Array(duration("One way"), { maxItems: 32 }), {
            description: "Row: from; column: to. Median latency of a log-normal distribution",
            maxItems: 32,
          }),
          sigma: Type.Number({ description: "Of all of them", default: 0.2, minimum: 0, maximum: 3 }),
        },
        { description: "Latency by region, in place of `latency`", additionalProperties: false },
      ),
    ),
    loss: Type.Number({
      description: "Share of packets that are lost. Connections send them again: a loss costs time, and what follows waits",
      default: 0,
      minimum: 0,
      maximum: 0.9,
    }),
    duplication: Type.Number({
      description: "Share of messages whose packets are sent twice: that takes bandwidth; connections drop the copy",
      default: 0,
      minimum: 0,
      maximum: 1,
    }),
    upload: Type.Optional(Type.Integer({ description: "Bandwidth of each node, bytes a second; absent: no bound", minimum: 1_000 })),
    download: Type.Optional(Type.Integer({ description: "The same, inbound", minimum: 1_000 })),
    links: Type.Array(LinkSchema, { description: "What is different between some nodes, in one direction", default: [], maxItems: 10_000 }),
  },
  { description: "What lies between the nodes", additionalProperties: false, default: {} },
);

const GroupSchema = Type.Object(
  {
    name: Type.String({ description: "With a count, nodes are name-1, name-2 …", pattern: "^[a-z][a-z0-9-]{0,31}$" }),
    count: Type.Optional(Type.Integer({ description: "Nodes of this kind. Absent: one, of that very name", minimum: 1, maximum: 10_000 })),
    hashShare: Type.Number({
      description: "Percent of the hash rate that the chain's first target is made for, of the whole group, evenly. 0: it does not mine",
      default: 0,
    }),
    validators: Type.Optional(
      Type.Integer({
        description: "Of a chain with proof of stake: genesis validators that the whole group runs, evenly. Default: none",
        minimum: 0,
        maximum: 10_000,
      }),
    ),
    newcomers: Type.Optional(
      Type.Integer({
        description:
          "Validators beside those of genesis that the whole group runs, evenly, once `deposit` has been done for them. Default: none",
        minimum: 0,
        maximum: 10_000,
      }),
    ),
    region: Type.Optional(Type.String({ description: "Of network.regions", minLength: 1, maxLength: 32 })),
    joins: Type.Optional(duration("When its nodes start for the first time. Default: at the beginning")),
    skew: Type.Optional(Type.String({ description: "Wall clock ahead (behind: -5s) of true time", maxLength: 24 })),
    driftPpm: Type.Number({
      description: "How much faster its clocks go, parts per million",
      default: 0,
      minimum: -100_000,
      maximum: 100_000,
    }),
    slowness: Type.Number({
      description: "Processing takes so many times as long as on an ordinary machine; 0: no time at all",
      default: 0,
      minimum: 0,
      maximum: 10_000,
    }),
    sync: Type.Optional(duration("Time that a durable write takes. Default: none. With it, crashes find writes half way")),
    upload: Type.Optional(Type.Integer({ description: "Bandwidth of each node, bytes a second", minimum: 1_000 })),
    download: Type.Optional(Type.Integer({ description: "The same, inbound", minimum: 1_000 })),
    byzantine: Type.Boolean({ description: "A plugin makes it misbehave: nothing is expected of it", default: false }),
    config: documentOf("Node config of this group, laid over `config`; plugins by id, package or path"),
  },
  { additionalProperties: false },
);

const FaultSchema = Type.Object(
  {
    at: duration("When"),
    do: Type.Union(
      [
        Type.Literal("partition"),
        Type.Literal("cut"),
        Type.Literal("heal"),
        Type.Literal("crash"),
        Type.Literal("stop"),
        Type.Literal("start"),
        Type.Literal("stall"),
        Type.Literal("skew"),
        Type.Literal("hashRate"),
        Type.Literal("network"),
        Type.Literal("deposit"),
        Type.Literal("exit"),
      ],
      {
        description:
          "partition: groups reach only themselves. cut: `from` no longer reaches `to`. Both last `for` a while or until a heal, and add up. heal: the network is whole. crash: `nodes` lose their processes and what was not synced; with `for`, they start again. stop, start: in good order (a node leaves, joins). stall: nothing runs on `nodes` `for` a while. skew: their clocks are set `by` so much off. hashRate: of `nodes`, to `share` percent together. network: other `latency` or `loss` everywhere. deposit: the accounts of `nodes` put up stake for their newcomers. exit: they let their genesis validators leave",
      },
    ),
    nodes: Type.Optional(names("Whom it hits")),
    groups: Type.Optional(
      Type.Array(names("One side"), {
        description: "partition: who is together; who is left out is a group, too",
        minItems: 1,
        maxItems: 100,
      }),
    ),
    from: Type.Optional(names("cut")),
    to: Type.Optional(names("cut")),
    for: Type.Optional(duration("crash, stop, stall, partition, cut: how long")),
    by: Type.Optional(Type.String({ description: "skew: ahead of true time (behind: -5s)", maxLength: 24 })),
    share: Type.Optional(Type.Number({ description: "hashRate: percent" })),
    latency: Type.Optional(LatencySchema),
    loss: Type.Optional(Type.Number({ description: "network", minimum: 0, maximum: 0.9 })),
  },
  { additionalProperties: false },
);

/** Faults that come by chance, each kind at random times, `every` so often on average. */
const ChaosSchema = Type.Object(
  {
    from: duration("First", "0"),
    until: Type.Optional(duration("Last; then everything heals. Default: two thirds of the run")),
    crashes: Type.Optional(duration("Mean time between two crashes of some node")),
    downtime: duration("Mean time until it starts again", "60s"),
    stalls: Type.Optional(duration("Mean time between two stalls")),
    stallTime: duration("Mean length of a stall", "10s"),
    partitions: Type.Optional(duration("Mean time between two partitions into two random halves")),
    partitionTime: duration("Mean length of a partition", "60s"),
    skews: Type.Optional(duration("Mean time between two settings of a clock")),
    skewMost: duration("How far off at most, ahead or behind", "5s"),
  },
  { description: "Faults by chance, drawn from the seed", additionalProperties: false },
);

const TrafficSchema = Type.Object(
  {
    perMinute: Type.Number({ description: "Transfers a minute, at random times", default: 1, minimum: 0, maximum: 600_000 }),
    accounts: Type.Integer({ description: "Funded accounts that send to each other", default: 8, minimum: 1, maximum: 100_000 }),
    from: duration("When they begin", "10s"),
    until: Type.Optional(duration("When they end. Default: at the end of the run")),
    nodes: Type.Optional(names("Who gets them. Default: all honest nodes")),
    memoBytes: Type.Integer({ description: "Makes transfers larger, up to 256", default: 0, minimum: 0, maximum: 256 }),
  },
  { description: "Transfers", additionalProperties: false },
);

const ExpectationSchema = Type.Object(
  {
    agreementDepth: Type.Optional(
      Type.Integer({
        description: "No two honest nodes differ so deep below their heads. Default: the chain's confirmations",
        minimum: 0,
        maximum: 1_000_000,
      }),
    ),
    liveness: Type.Optional(
      duration(
        "While the network is whole and nothing is done to it, every honest node gets a new block within this. Some calm must be longer",
      ),
    ),
    nobodyUp: Type.Boolean({ description: "At the end, the timeline has taken all honest nodes down", default: false }),
    converged: Type.Boolean({ description: "At the end, honest nodes that are up agree on all but the last few blocks", default: true }),
    convergedWithin: Type.Integer({ description: "How many blocks that are", default: 3, minimum: 0, maximum: 1_000_000 }),
    acknowledgedKept: Type.Boolean({ description: "No accepted transaction vanishes without a reason", default: true }),
    blocksAtLeast: Type.Integer({ description: "Height of the best chain at the end", default: 0, minimum: 0 }),
    blocksAtMost: Type.Optional(Type.Integer({ description: "The same", minimum: 0 })),
    finalizedAtLeast: Type.Integer({
      description: "Height of the highest block that every honest node which is up has for final, at the end",
      default: 0,
      minimum: 0,
    }),
    finalizedAtMost: Type.Optional(Type.Integer({ description: "Of any honest node, the same: finality was to stop", minimum: 0 })),
    slashedAtLeast: Type.Integer({
      description: "Of a chain with proof of stake: validators that are slashed in the state of every honest node which is up, at the end",
      default: 0,
      minimum: 0,
    }),
    slashedAtMost: Type.Optional(Type.Integer({ description: "Of any honest node, the same", minimum: 0 })),
    activeAtLeast: Type.Integer({
      description: "Of a chain with proof of stake: validators that are active in the state of every honest node which is up, at the end",
      default: 0,
      minimum: 0,
    }),
    activeAtMost: Type.Optional(Type.Integer({ description: "Of any honest node, the same", minimum: 0 })),
    staleAtLeast: Type.Integer({
      description: "Blocks off the best chain, at least: a scenario that wants forks must have some",
      default: 0,
      minimum: 0,
    }),
    honestStaleAtLeast: Type.Integer({
      description: "The same of blocks whose proposers run on honest nodes: somebody took their places",
      default: 0,
      minimum: 0,
    }),
    honestStaleAtMost: Type.Optional(Type.Integer({ description: "The same", minimum: 0 })),
    deepestReorgAtLeast: Type.Integer({ description: "Blocks that some node undid at once", default: 0, minimum: 0 }),
    deepestReorgAtMost: Type.Optional(Type.Integer({ description: "The same", minimum: 0 })),
    twoChains: Type.Boolean({
      description: "The network splits for good: at the end there are two chains with different final blocks. No node reverses its own",
      default: false,
    }),
    noBlocksOf: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      description: "Nodes or groups of whose blocks none is on an honest node's chain at the end",
      default: [],
      maxItems: 10_000,
    }),
    allowedErrors: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      description: "Codes in nodes' logs at level error that belong to the scenario: NETWORK_FORKED_BELOW_FINALITY …",
      default: [],
      maxItems: 64,
    }),
    heapBytes: Type.Integer({ description: "JavaScript heap of the whole run", default: 4 * 1024 ** 3, minimum: 1_000_000 }),
    queuedEvents: Type.Integer({ description: "Events that wait, all nodes together", default: 5_000_000, minimum: 1 }),
  },
  { description: "What has to hold beyond the invariants", additionalProperties: false, default: {} },
);

export const ScenarioSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "For editors" })),
    name: Type.String({ description: "Of the scenario", pattern: "^[a-z0-9][a-z0-9-]{0,63}$" }),
    description: Type.String({ description: "What happens, and what it shows", default: "", maxLength: 2_000 }),
    duration: duration("How long it runs"),
    chain: documentOf("Chain spec, laid over that of simulations: Nakamoto, a block a minute, transfers"),
    attempts: Type.Integer({
      description:
        "Attempts at proof of work that a block takes at first. They are really made: difficulty can rise far, and sink by so much",
      default: 64,
      minimum: 2,
      maximum: 65_536,
    }),
    config: documentOf("Node config of all nodes"),
    nodes: Type.Array(GroupSchema, { description: "Groups of nodes", minItems: 1, maxItems: 1_000 }),
    network: NetworkSchema,
    timeline: Type.Array(FaultSchema, { description: "What happens when", default: [], maxItems: 100_000 }),
    chaos: Type.Optional(ChaosSchema),
    traffic: Type.Optional(TrafficSchema),
    expect: ExpectationSchema,
  },
  { additionalProperties: false },
);

/** A scenario with its defaults filled in. */
export type Scenario = Static<typeof ScenarioSchema>;
export type Fault = Static<typeof FaultSchema>;
export type Latency = Static<typeof LatencySchema>;
export type Expectations = Static<typeof ExpectationSchema>;
export type NodeGroup = Static<typeof GroupSchema>;
