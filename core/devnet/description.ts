/**
 * `devnet.json`: what a devnet's directory holds, so that the same directory is the same devnet next time. Everything else
 * (configs, certificates) is written from it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "#bundled/typebox";
import { messageOf } from "../kernel/errors.js";
import { validateDocument } from "../kernel/index.js";
import { writeFileAtomically } from "../node/data-directory.js";
import { VALIDATORS_MAX } from "./engine.js";
import { DevnetDescriptionError, DevnetVersionError } from "./errors.js";
import { NODES_MAX, TOPOLOGY_NAMES, type TopologyName } from "./topology.js";

/** The newest that is read. What an older program can read is written with an older version: see `versionOf`. */
const DESCRIPTION_VERSION = 2;
const FILE = "devnet.json";

const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const NodeNumber = Type.Integer({ minimum: 1, maximum: NODES_MAX });

const DescriptionSchema = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    chainId: Type.String({ pattern: "^[a-z0-9.-]{1,32}$" }),
    consensus: Type.String({ minLength: 1, maxLength: 64 }),
    topology: Type.Unsafe<TopologyName | "custom">(Type.Union([...TOPOLOGY_NAMES, "custom"].map((name) => Type.Literal(name)))),
    blockIntervalMs: Type.Integer({ minimum: 100, maximum: 3_600_000 }),
    latencyMs: Type.Integer({ minimum: 0, maximum: 10_000 }),
    /** Where the ports begin; absent: each was found free. */
    basePort: Type.Optional(Port),
    /** With how many nodes the chain began: its first difficulty follows from it. */
    genesisNodes: NodeNumber,
    /** With how many validators the chain began; absent where its engine has none. From version 2 on. */
    validators: Type.Optional(Type.Integer({ minimum: 1, maximum: VALIDATORS_MAX })),
    genesisTimeMs: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    nodes: Type.Array(
      Type.Object({ number: NodeNumber, apiPort: Port, transportPort: Port, mine: Type.Boolean() }, { additionalProperties: false }),
      { minItems: 1, maxItems: NODES_MAX },
    ),
    links: Type.Array(Type.Object({ from: NodeNumber, to: NodeNumber, port: Port }, { additionalProperties: false }), {
      maxItems: (NODES_MAX * (NODES_MAX - 1)) / 2,
    }),
  },
  { additionalProperties: false },
);

/** Content of `devnet.json`. Nodes are numbered from 1 without gaps; a link's `from` dials its `port`, behind which is `to`. */
export type Description = Static<typeof DescriptionSchema>;
export type NodeDescription = Description["nodes"][number];
export type LinkDescription = Description["links"][number];

/** The version of a description: the least that has all its fields. */
export function versionOf({ validators }: Pick<Description, "validators">): number {
  return validators === undefined ? 1 : 2;
}

/** Undefined if there is none. @throws DevnetDescriptionError, DevnetVersionError */
export async function readDescription(directory: string): Promise<Description | undefined> {
  const file = join(directory, FILE);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new DevnetDescriptionError({ file, reason: messageOf(error) }, error);
  }
  // A newer version may have other fields: its number is judged before its shape.
  const found = /"version"\s*:\s*(\d{1,9})/.exec(text)?.[1];
  if (found !== undefined && Number(found) > DESCRIPTION_VERSION)
    throw new DevnetVersionError({ file, version: Number(found), supported: DESCRIPTION_VERSION });
  const { value, problems } = await validateDocument({ text, file, schema: DescriptionSchema });
  if (value === undefined) throw new DevnetDescriptionError({ file, reason: problems.map((problem) => problem.text).join("; ") });
  const description = value as Description;
  if (description.nodes.some(({ number }, at) => number !== at + 1))
    throw new DevnetDescriptionError({ file, reason: "its nodes are not numbered 1, 2, 3 …" });
  return description;
}

export async function writeDescription(directory: string, description: Description): Promise<void> {
  await writeFileAtomically(join(directory, FILE), `${JSON.stringify(description, undefined, 2)}\n`);
}
