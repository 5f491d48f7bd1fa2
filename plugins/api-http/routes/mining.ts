/**
 * GET /v1/mining and what miners outside the node need: templates, whether one still stands, and sealed ones back. POST /v1/admin/mining:
 * the node's own miner.
 */
import {
  Address,
  encodeUnsealedHeader,
  fromHex,
  type Json,
  MINER_THREADS_MAX,
  type MiningControl,
  type MiningTemplate,
  present,
  type Static,
  type TemplateStanding,
  Type,
  toHex,
} from "../../../core/sdk.js";
import type { ApiHttpConfig } from "../config.js";
import { ApiMiningUnsupportedError, ApiParametersError } from "../errors.js";
import type { EventWaiters, RequestWait } from "../event-waiters.js";
import { AddressText, answers, Choice, Freeform, HashText, HeightNumber } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

/** Templates and sealed blocks: `ApiHttpConfig.mining` says who may ask. */
export const MINING_PREFIX = "/v1/mining/";

const WAIT_MAX_MS = 30_000;
const ANSWER_MARGIN_MS = 10_000;
/** The longest seal that any engine has (primitives/block-codec.ts), as hex. */
const SEAL_HEX_MAX = 16_384;

const MiningStatus = Type.Object({
  wanted: Type.Boolean({ description: "An administrator, or the config, wants this node to mine" }),
  mining: Type.Boolean({ description: "It does. Not while it is wanted and the node is far behind its peers" }),
  threads: Type.Union([Type.Integer(), Type.Null()], { description: "Mining threads; null where the work comes from elsewhere" }),
  hashesPerSecond: Type.Number({ description: "Of this node's miner, lately; 0 while it rests" }),
  templates: Type.Integer({ description: "Current templates of miners outside" }),
  height: Type.Integer({ description: "Of the next block" }),
  parent: HashText,
  engine: Freeform,
});

const Template = Type.Object({
  id: HashText,
  height: HeightNumber,
  parent: HashText,
  header: Type.String({ description: "Canonical bytes of the header without its seal, hex", pattern: "^([0-9a-f]{2})*$" }),
  signingRoot: Type.String({ description: "What the seal is searched for: it commits to the whole header", pattern: "^[0-9a-f]{64}$" }),
  target: Type.String({ description: "32 bytes, big-endian, hex: a proof hash is good if it is not above", pattern: "^[0-9a-f]{64}$" }),
  sealBytes: Type.Integer({ description: "How long a seal is" }),
  timestampMs: Type.Integer(),
  proposer: AddressText,
  transactionCount: Type.Integer(),
  sizeBytes: Type.Integer({ description: "Of the whole block without its seal" }),
  expiresAtMs: Type.Integer({
    description: "From then on it is stale, if the head has not moved before; milliseconds since the Unix epoch",
  }),
  work: Freeform,
});

const Standing = Type.Object({
  id: HashText,
  state: Choice(["current", "stale"]),
  reason: Type.Union([Choice(["head", "expired"]), Type.Null()], { description: "head: the head moved. expired: its time is up" }),
});

const Sealed = Type.Object({
  hash: HashText,
  height: HeightNumber,
  canonical: Type.Boolean({ description: "On the head's chain; false if another block came first" }),
});

const MiningBody = Type.Object(
  {
    running: Type.Optional(Type.Boolean({ description: "Begin or end mining" })),
    threads: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MINER_THREADS_MAX, description: "Mining threads from now on, until the node ends" }),
    ),
  },
  { additionalProperties: false },
);

export interface MiningRoutesParts {
  readonly views: ApiViews;
  readonly waiters: EventWaiters;
  readonly config: Pick<ApiHttpConfig, "mining">;
}

export function addMiningRoutes(app: ApiApplication, { views, waiters, config }: MiningRoutesParts): void {
  app.get(
    "/v1/mining",
    { schema: { tags: ["mining"], summary: "The node's miner: whether it mines, how fast, on what", response: answers(MiningStatus) } },
    async () => statusJson(views),
  );
  if (config.mining !== "off") addTemplateRoutes(app, views, waiters);
}

export function addMiningAdminRoutes(app: ApiApplication, views: ApiViews): void {
  app.post(
    "/v1/admin/mining",
    {
      schema: {
        tags: ["admin"],
        summary: "Begin or end mining, or change the number of threads",
        description: "Holds until the node ends; its config says how it begins.",
        body: MiningBody,
        response: answers(MiningStatus),
      },
    },
    async ({ body }) => {
      const mining = miningOf(views);
      if (body.running === undefined && body.threads === undefined)
        throw new ApiParametersError({ problems: [{ in: "body", pointer: "", problem: "it names neither running nor threads" }] });
      if (body.threads !== undefined) await mining.setThreads(body.threads);
      if (body.running !== undefined) await (body.running ? views.control.startProducing() : views.control.stopProducing());
      return statusJson(views);
    },
  );
}

function addTemplateRoutes(app: ApiApplication, views: ApiViews, waiters: EventWaiters): void {
  const { chain } = views;
  app.post(
    "/v1/mining/templates",
    {
      schema: {
        tags: ["mining"],
        summary: "A block to be sealed, on the head of this moment",
        description:
          "Search a seal of `sealBytes` bytes for `signingRoot` that meets `target`, beginning anywhere at random, and send it to /v1/mining/blocks. Who asks again soon for the same address gets the same template.",
        body: Type.Object(
          {
            address: Type.Optional(
              Type.String({ maxLength: 90, description: "Who is rewarded; default: the address of the node's config" }),
            ),
          },
          { additionalProperties: false },
        ),
        response: answers(Template),
      },
    },
    async ({ body }) => {
      const prefix = chain.spec.addressPrefix;
      const address = body.address === undefined ? undefined : Address.parse(body.address, prefix);
      return templateJson(await miningOf(views).templates.make(address), prefix);
    },
  );

  app.get(
    "/v1/mining/templates/:id",
    {
      config: { answerTimeoutMs: WAIT_MAX_MS + ANSWER_MARGIN_MS },
      schema: {
        tags: ["mining"],
        summary: "Whether a template still stands; waits until it does not",
        params: Type.Object({ id: HashText }),
        querystring: Type.Object(
          {
            waitMs: Type.Integer({
              minimum: 0,
              maximum: WAIT_MAX_MS,
              default: 0,
              description: "Answer as soon as the template is stale, after this long at the latest",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers(Standing),
      },
    },
    async ({ params, query }, reply) => {
      const waiting = waiters.forRequest((closed) => reply.raw.once("close", closed));
      return standingJson(params.id, await untilStale(views, waiting, params.id, query.waitMs));
    },
  );

  app.post(
    "/v1/mining/blocks",
    {
      schema: {
        tags: ["mining"],
        summary: "Seal a template: the block is imported and told to peers",
        body: Type.Object(
          {
            template: HashText,
            seal: Type.String({ maxLength: SEAL_HEX_MAX, description: "Bytes as lower-case hex digits", pattern: "^([0-9a-f]{2})*$" }),
          },
          { additionalProperties: false },
        ),
        response: answers(Sealed),
      },
    },
    async ({ body }) => {
      const seal = present(fromHex(body.seal), "the schema lets only hex through");
      const id = await miningOf(views).templates.submit(body.template, seal);
      const info = present(chain.blockInfo(id), "it was imported");
      return { hash: toHex(id), height: info.record.header.height, canonical: info.standing === "canonical" };
    },
  );
}

/** @throws ApiMiningUnsupportedError */
function miningOf({ control }: ApiViews): MiningControl {
  if (control.mining === undefined) throw new ApiMiningUnsupportedError({});
  return control.mining;
}

function statusJson(views: ApiViews): Static<typeof MiningStatus> {
  const { wanted, running, threads, attemptsPerSecond, templates } = miningOf(views).status;
  const { head } = views.chain.status();
  return {
    wanted,
    mining: running,
    threads: threads ?? null,
    hashesPerSecond: attemptsPerSecond,
    templates,
    height: head.header.height + 1,
    parent: toHex(head.id),
    engine: views.chain.consensus.status() as Json,
  };
}

function templateJson(template: MiningTemplate, prefix: string): Static<typeof Template> {
  const { header, signingRoot, target, sealBytes, transactionCount, sizeBytes, expiresAtMs, work } = template;
  return {
    id: template.id,
    height: header.height,
    parent: toHex(header.parent),
    header: toHex(encodeUnsealedHeader(header)),
    signingRoot: toHex(signingRoot),
    target: toHex(target),
    sealBytes,
    timestampMs: header.timestampMs,
    proposer: Address.format(header.proposer, prefix),
    transactionCount,
    sizeBytes,
    expiresAtMs,
    work,
  };
}

function standingJson(id: string, standing: TemplateStanding): Static<typeof Standing> {
  return { id, state: standing.state, reason: standing.state === "stale" ? standing.reason : null };
}

/**
 * A head that moves is an event, so whoever waits for events hears of it. @throws WORK_TEMPLATE_UNKNOWN, ApiTooManyWaitersError
 */
async function untilStale(views: ApiViews, waiting: RequestWait, id: string, waitMs: number): Promise<TemplateStanding> {
  const { clock, events } = views;
  const { templates } = miningOf(views);
  const endMs = clock.monotonicMs() + waitMs;
  for (;;) {
    const { latest } = events;
    const standing = templates.standing(id);
    const restMs = Math.ceil(endMs - clock.monotonicMs());
    if (waiting.isOver() || standing.state === "stale" || restMs <= 0) return standing;
    const toExpiryMs = Math.max(1, Math.ceil(standing.expiresAtMs - clock.nowMs()) + 1);
    await waiting.wait(latest, Math.min(restMs, toExpiryMs));
  }
}
