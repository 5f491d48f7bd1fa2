/** What an author passes for an engine, and what the cases of consensus conformance share. */
import { type Consensus, NEEDS_STATE, type SealVerdict, type ValidationContext } from "../../ports/consensus.js";
import { InvalidHeaderError, NotYetError } from "../../ports/errors.js";
import type { Header } from "../../primitives/block.js";
import { headerRecord } from "../../primitives/block-codec.js";
import { Hash } from "../../primitives/hash.js";
import { describeThrown, holds } from "../case.js";
import type { PluginUnderTest } from "../harness/plugin.js";
import type { MadeBlock } from "./blocks.js";
import { EngineNode, type EngineNodeOptions } from "./engine-node.js";

export interface ConsensusSupports {
  /** The engine can make blocks alone, with the keys of `CONFORMANCE_KEYS`. Without it, only the cases that need none run. Default true. */
  readonly producer?: boolean;
  /** A switched-on producer makes blocks by itself, not only on demand. Default true. */
  readonly schedule?: boolean;
  /** Seals commit to the whole header. False for engines that have no seals. Default true. */
  readonly seals?: boolean;
  /** Two blocks may stand on one parent. Default: false for instant finality, true otherwise. */
  readonly forks?: boolean;
  /** Of two equal branches, the one that was seen first stays. Default false: the choice depends on the blocks alone. */
  readonly firstSeen?: boolean;
}

export interface ConsensusSubject extends PluginUnderTest {
  readonly supports?: ConsensusSupports;
  /** Virtual time between blocks that are made on demand (`producer.produce`), and between ticks for engines with slots, ms. Default 1,000. */
  readonly blockTimeMs?: number;
  /** Virtual time within which a switched-on producer makes a block, ms. Default an hour. */
  readonly blockLimitMs?: number;
}

/** A subject with its defaults, and the words that its cases use. */
export class ConsensusRun {
  readonly subject: ConsensusSubject;
  readonly blockTimeMs: number;
  readonly blockLimitMs: number;
  readonly #nodes: EngineNode[] = [];

  constructor(subject: ConsensusSubject) {
    this.subject = subject;
    this.blockTimeMs = subject.blockTimeMs ?? 1_000;
    this.blockLimitMs = subject.blockLimitMs ?? 3_600_000;
  }

  /** A node of its own, started. */
  async node(options: EngineNodeOptions = {}): Promise<EngineNode> {
    const node = await EngineNode.start(this.subject, { slotMs: this.blockTimeMs, ...options });
    this.#nodes.push(node);
    return node;
  }

  /** A node whose own producer has made `count` blocks. */
  async nodeWith(count: number, options: EngineNodeOptions = {}): Promise<EngineNode> {
    const node = await this.node(options);
    await this.extend(node, count);
    return node;
  }

  extend(node: EngineNode, count: number): Promise<readonly MadeBlock[]> {
    return node.produce(count, this.blockTimeMs, this.blockLimitMs);
  }

  /** A node whose clock is past `other`'s, so that nothing of it lies in the future. */
  async follower(other: EngineNode, options: EngineNodeOptions = {}): Promise<EngineNode> {
    return this.node({ startsAfterMs: other.time.nowMs() - other.spec.genesisTimeMs, seed: "follower", ...options });
  }

  async restart(node: EngineNode, how: "clean" | "crash"): Promise<EngineNode> {
    const next = await node.restart(how);
    this.#nodes.push(next);
    return next;
  }

  /** Stops all nodes; after a case that passed, they have to be lawful, too. */
  async finish(passed: boolean): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    if (passed) for (const node of this.#nodes) node.lawful();
  }
}

/** What a fork-choice comparison looks at. */
export function headOf(node: EngineNode): string {
  return `${node.head.header.height}:${Hash.key(node.head.id)}`;
}

/** Imports and expects `imported`. */
export async function importAll(node: EngineNode, blocks: readonly MadeBlock[], law: string): Promise<void> {
  for (const { block, certificate } of blocks) {
    const verdict = await node.import(block, certificate);
    const isTaken = verdict.status === "imported" || verdict.status === "known";
    holds(
      isTaken,
      law,
      `block ${block.header.height} is ${verdict.status}${"code" in verdict ? ` (${verdict.code}: ${verdict.reason})` : ""}`,
    );
  }
}

/** How far a header gets: through its cheap checks and its seal, or to which refusal. */
export async function judge(node: EngineNode, header: Header): Promise<string> {
  const record = headerRecord(header);
  const parent = node.parentOf(record);
  let context: ValidationContext | typeof NEEDS_STATE;
  try {
    node.engine.checkHeader(record, node.ancestorsFrom(parent));
    context = await node.contextOf(record);
  } catch (thrown) {
    if (InvalidHeaderError.matches(thrown)) return `invalid ${thrown.data.code}`;
    if (NotYetError.matches(thrown)) return `not yet ${thrown.data.code}`;
    const law = "`checkHeader` and `contextFor` throw InvalidHeaderError or NotYetError and nothing else, whatever the header";
    holds(false, law, describeThrown(thrown));
  }
  if (context === NEEDS_STATE) return "needs state";
  let verdict: SealVerdict | undefined;
  try {
    [verdict] = await node.engine.verifySeals([{ record, context }]);
  } catch (thrown) {
    holds(false, "`verifySeals` answers for every header that passed `checkHeader`, and never throws", describeThrown(thrown));
  }
  holds(verdict !== undefined && typeof verdict.ok === "boolean", "`verifySeals` answers one verdict for each", JSON.stringify(verdict));
  if (verdict.ok) return "good";
  holds(typeof verdict.reason === "string" && verdict.reason !== "", "a bad seal has a reason", JSON.stringify(verdict));
  return "bad seal";
}

/** The engine without a node around it: for laws of the constructor and of constants. */
export function unattached(subject: ConsensusSubject): Consensus {
  return new EngineNode(subject).engine;
}
