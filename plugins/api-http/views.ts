/** What the routes see of the node: ports, and nothing deeper. */

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from "fastify";
import type {
  ChainEvents,
  ChainView,
  Clock,
  Compute,
  MempoolView,
  NetworkView,
  NodeControl,
  NodeHealth,
  PeerAdministration,
  TransactionSubmission,
} from "../../core/sdk.js";

export interface ApiViews {
  readonly chain: ChainView;
  readonly events: ChainEvents;
  readonly mempool: MempoolView;
  readonly network: NetworkView;
  readonly submission: TransactionSubmission;
  readonly health: NodeHealth;
  readonly control: NodeControl;
  readonly peerBook: PeerAdministration;
  /** For the status only. */
  readonly compute: Pick<Compute, "engine"> | undefined;
  readonly clock: Clock;
}

/** The fastify application: TypeBox schemas give the types of parameters and bodies. */
export type ApiApplication = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
