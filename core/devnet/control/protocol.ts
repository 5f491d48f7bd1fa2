/**
 * What a devnet's supervisor and the commands that steer it agree on: one POST for each command, JSON both ways, behind a
 * token that only those can read who can read the devnet's files.
 */
import { join } from "node:path";
import Type, { type Static, type TSchema } from "#bundled/typebox";
import { NODES_MAX } from "../topology.js";

const NodeNumber = Type.Integer({ minimum: 1, maximum: NODES_MAX });
const ofNode = Type.Object({ node: NodeNumber }, { additionalProperties: false });
const nothing = Type.Object({}, { additionalProperties: false });

/** Longest `wait-sync`, ms: clients give up on an answer after five minutes. */
export const WAIT_MAX_MS = 240_000;

/** Bodies of the commands; `POST /<command>`. Each answers the devnet's status. */
export const CONTROL_COMMANDS = {
  status: nothing,
  partition: Type.Object(
    { groups: Type.Array(Type.Array(NodeNumber, { minItems: 1, maxItems: NODES_MAX }), { minItems: 1, maxItems: NODES_MAX }) },
    { additionalProperties: false },
  ),
  heal: nothing,
  kill: ofNode,
  stop: ofNode,
  start: ofNode,
  add: nothing,
  "wait-sync": Type.Object({ timeoutMs: Type.Integer({ minimum: 1, maximum: WAIT_MAX_MS }) }, { additionalProperties: false }),
} as const satisfies Readonly<Record<string, TSchema>>;

export type ControlCommand = keyof typeof CONTROL_COMMANDS;
export type ControlBody<Command extends ControlCommand> = Static<(typeof CONTROL_COMMANDS)[Command]>;

/** Content of `control.json` (0600), there while a supervisor runs. */
export const ControlFile = Type.Object({
  url: Type.String({ pattern: "^http://127\\.0\\.0\\.1:[0-9]{1,5}$" }),
  token: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  pid: Type.Integer({ minimum: 1 }),
});
export type ControlFile = Static<typeof ControlFile>;

export function controlFileIn(directory: string): string {
  return join(directory, "control.json");
}
