/** What the routes see of the engine. runtime.ts is one; tests make their own. */
import type { Json } from "../../../core/sdk.js";
import type { CertificateStore } from "../certificate/index.js";
import type { GasperChain } from "../chain-access.js";
import type { VoteGroup } from "../pool/vote-group.js";

export interface RouteSource
  extends Pick<
    GasperChain,
    | "host"
    | "parameters"
    | "clock"
    | "currentSlot"
    | "head"
    | "justified"
    | "finalized"
    | "ancestorAt"
    | "stateOf"
    | "stateAt"
    | "shuffling"
  > {
  /** False until the chain was read: then nothing of the above may be asked. */
  readonly isRestored: boolean;
  readonly served: ServedParts;
  status(): Json;
}

/** What is behind single routes. */
export interface ServedParts {
  /** Votes that wait for blocks. */
  readonly pool: { votes(): Iterable<Pick<VoteGroup, "data" | "weight" | "committee">> };
  /** Evidence that waits. */
  readonly slashings: { readonly proposerSlashings: number; readonly attesterSlashings: number };
  /** Of this node's validators, those that the chain knows. */
  readonly performance: { list(): readonly Json[] };
  readonly certificates: Pick<CertificateStore, "latest" | "certificateOf" | "epochs" | "validatorSet">;
}
