/** What any plugin may add to others: API routes, ledger modules. Capabilities of cardinality `many`. */
import type { FastifyPluginAsync } from "fastify";
import type { Address } from "../primitives/address.js";
import type { Bytes } from "../primitives/bytes.js";
import type { BlockEnvironment, Json, LedgerEvent } from "./ledger.js";
import type { StateReader, StateWriter } from "./state.js";

/** A fastify plugin with TypeBox schemas; `api-http` mounts it under `prefix`, so it shows in the OpenAPI page. */
export interface ApiRoutes {
  /** `/v1/<something of its own>`, or a path of the root like `/metrics`. */
  readonly prefix: string;
  readonly routes: FastifyPluginAsync;
}

/** What a module may do while one operation is executed. */
export interface ModuleContext {
  readonly sender: Address;
  readonly env: BlockEnvironment;
  /** Moves spendable balance. @throws ModuleFailure through `fail` when there is too little */
  transfer(from: Address, to: Address, amount: bigint): void;
  balance(of: Address): bigint;
  /**
   * Adds an event to the receipt: a type of the module's own (`staking.bonded`), up to 64 attributes, no empty names. An event
   * that no receipt can hold ends the operation, as `fail` does.
   */
  emit(event: LedgerEvent): void;
  /** Ends this operation: its writes are undone, its fee is kept, the receipt carries `code` (up to 128 printable ASCII characters). */
  fail(code: string, message: string): never;
}

/** A part of the account ledger: operations under a number of its own, state under a namespace of its own. */
export interface LedgerModule {
  /** Short and stable: `bank`, `staking`. Prefix of its event types. */
  readonly name: string;
  /** 1 … 255: the operation's `module` field and the first byte of all its state keys. */
  readonly namespace: number;
  /** Decodes an operation's payload strictly. @throws EncodingError */
  decode(payload: Bytes): unknown;
  /** Execution weight, upper bound, before execution. */
  weight(operation: unknown): number;
  /** What the sender needs beyond the fee for it to make sense in the mempool. */
  reserves(operation: unknown): bigint;
  /** `writer` reaches only this module's namespace, and its marks only this operation. */
  execute(operation: unknown, writer: StateWriter, context: ModuleContext): void;
  /** State keys that it will touch, without the namespace of others. */
  access(operation: unknown, sender: Address): readonly Bytes[];
  describe(operation: unknown, addressPrefix: string): Json;
  /**
   * Whom an operation concerns beside its sender, also when it failed (`events` is empty then); for indexes of history. Without
   * it: whoever's address is the value of an attribute of one of its events.
   */
  addresses?(operation: unknown, sender: Address, events: readonly LedgerEvent[]): readonly Address[];
  /** Extra fields in an account's description. */
  describeAccount?(address: Address, view: StateReader): Json;
}
