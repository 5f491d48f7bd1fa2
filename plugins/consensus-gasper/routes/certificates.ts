/** GET /v1/gasper/certificates, /certificates/{epoch}, /validator-sets/{root}: what light clients live on. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { fromHex, Hash, present, type Static, type TSchema, Type, toHex } from "../../../core/sdk.js";
import type { KeptCertificate } from "../certificate/index.js";
import { NoCertificateError, SetNotKeptError } from "./errors.js";
import { headState } from "./reading.js";
import { Epoch, HashText, HexText, tags, Whole } from "./schemas.js";
import type { RouteSource } from "./source.js";

const CertificateSchema = Type.Object({
  epoch: Epoch,
  root: Type.String({ ...HashText, description: "The finalized block" }),
  height: Whole,
  slot: Whole,
  stateRoot: HashText,
  setRoot: Type.String({ ...HashText, description: "Of the validator set that its state commits to: /validator-sets/{root}" }),
  voters: Whole,
  votedIncrements: Whole,
  activeIncrements: Whole,
  bytes: Type.String({ ...HexText, description: "FinalityCertificate (proto/gasper.proto), for chainwright/gasper-light-client" }),
});
const ListAnswer = Type.Object({ epochs: Type.Array(Epoch, { description: "Ascending" }) });
const SetAnswer = Type.Object({ root: HashText, bytes: Type.String({ ...HexText, description: "For chainwright/gasper-light-client" }) });

const ParametersAnswer = Type.Object({
  chainId: Type.String(),
  chainHash: HashText,
  genesisTimeMs: Whole,
  slotMs: Whole,
  slotsPerEpoch: Whole,
  namespace: Whole,
  maxValidators: Whole,
  maxEffectiveIncrements: Whole,
  minWithdrawabilityDelayEpochs: Whole,
  minChurnPerEpoch: Whole,
  churnQuotient: Whole,
});

/** As JSON, or for whoever accepts `application/octet-stream` the bytes alone. */
const BYTES = "application/octet-stream";

function inBothForms<Json extends TSchema>(json: Json) {
  const bytes = Type.Unsafe<Buffer>({ description: "The field `bytes` as it is", contentMediaType: BYTES });
  return { 200: { description: "As JSON or as bytes", content: { "application/json": { schema: json }, [BYTES]: { schema: bytes } } } };
}

function asksForBytes({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes(BYTES) === true;
}

export function addCertificateRoutes(app: FastifyInstance, source: RouteSource): void {
  app.get(
    "/certificates",
    { schema: { tags, summary: "Epochs whose finality this node can prove", response: { 200: ListAnswer } } },
    async () => {
      headState(source);
      return { epochs: [...source.served.certificates.epochs] };
    },
  );
  app.get<{ Params: { epoch: string } }>(
    "/certificates/:epoch",
    {
      schema: {
        tags,
        summary: "Proof that a checkpoint is final: two thirds of the stake, under one signature",
        params: Type.Object({ epoch: Type.String({ pattern: "^(latest|[0-9]{1,10})$", description: "`latest`, or an epoch" }) }),
        response: inBothForms(CertificateSchema),
      },
    },
    async (request, reply) => {
      const { params } = request;
      headState(source);
      const { certificates } = source.served;
      const found = params.epoch === "latest" ? certificates.latest() : certificates.certificateOf(Number(params.epoch));
      if (found === undefined) throw new NoCertificateError({ epoch: params.epoch });
      return asksForBytes(request) ? reply.type(BYTES).send(Buffer.from(found.bytes)) : certificateJson(found);
    },
  );
  app.get(
    "/parameters",
    {
      schema: {
        tags,
        summary: "What a light client has to know of the chain spec",
        description: "Part of what it trusts: from a node of one's own, or compared with the chain spec.",
        response: { 200: ParametersAnswer },
      },
    },
    async () => parametersJson(source),
  );
  app.get<{ Params: { root: string } }>(
    "/validator-sets/:root",
    {
      schema: {
        tags,
        summary: "The validators that a certified state commits to",
        params: Type.Object({ root: Type.String({ pattern: "^[0-9a-fA-F]{64}$", description: "`setRoot` of a certificate" }) }),
        response: inBothForms(SetAnswer),
      },
    },
    async (request, reply) => {
      const { params } = request;
      const root = Hash.from(present(fromHex(params.root.toLowerCase()), "the schema checks roots"));
      headState(source);
      const bytes = source.served.certificates.validatorSet(root);
      if (bytes === undefined) throw new SetNotKeptError({ root: params.root });
      return asksForBytes(request) ? reply.type(BYTES).send(Buffer.from(bytes)) : { root: toHex(root), bytes: toHex(bytes) };
    },
  );
}

function parametersJson({ host, parameters }: RouteSource): Static<typeof ParametersAnswer> {
  const { chainHash, genesisTimeMs, slotMs, slotsPerEpoch, namespace, limits, maxEffectiveIncrements, lifecycle } = parameters;
  const { minWithdrawabilityDelayEpochs, minChurnPerEpoch, churnQuotient } = lifecycle;
  return {
    chainId: host.spec.chainId,
    chainHash: toHex(chainHash),
    genesisTimeMs,
    slotMs,
    slotsPerEpoch,
    namespace,
    maxValidators: limits.validators,
    maxEffectiveIncrements,
    minWithdrawabilityDelayEpochs,
    minChurnPerEpoch,
    churnQuotient,
  };
}

function certificateJson(kept: KeptCertificate): Static<typeof CertificateSchema> {
  const { epoch, root, height, slot, stateRoot, setRoot, voters, votedIncrements, activeIncrements, bytes } = kept;
  return {
    epoch,
    root: toHex(root),
    height,
    slot,
    stateRoot: toHex(stateRoot),
    setRoot: toHex(setRoot),
    voters,
    votedIncrements,
    activeIncrements,
    bytes: toHex(bytes),
  };
}
