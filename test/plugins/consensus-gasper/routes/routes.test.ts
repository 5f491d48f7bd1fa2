/** The engine's routes, as the API serves them. */
import t from "tap";
import { silentLogger } from "../../../../core/conformance/harness/services.js";
import { type ApiRoutes, type ConsensusHost, present, toHex } from "../../../../core/sdk.js";
import { CertificateMaker } from "../../../../plugins/consensus-gasper/certificate/index.js";
import { gasperRoutes, type RouteSource } from "../../../../plugins/consensus-gasper/routes/index.js";
import { Running } from "../../api-http/client.js";
import { CertifiedChain, SLOTS_PER_EPOCH } from "../light-client/chain.js";
import { shufflingOf } from "../state/fixtures.js";

const chain = new CertifiedChain();
const EPOCHS = 5;
const { parameters, clock } = chain;
const maker = new CertificateMaker({ chain: chain.chain, logger: silentLogger });
const OWN = Array.from({ length: 120 }, (_, at) => ({ index: at === 0 ? 4 : 100 + at, effectivenessMilli: 990 }));
const kept = (epoch: number) => epoch >= 3;
let isRestored = true;
let areStatesKept = true;
let slotNow = EPOCHS * SLOTS_PER_EPOCH;

const votes = () => chain.votes(EPOCHS - 1).map(({ data, indices }) => ({ data, weight: indices.length, committee: indices }));
const source: RouteSource = {
  get isRestored() {
    return isRestored;
  },
  host: { ...chain.chain.host, spec: { addressPrefix: "cw", chainId: "light-1" } } as ConsensusHost,
  parameters,
  clock,
  currentSlot: () => slotNow,
  head: () => ({ root: chain.tip.record.id, slot: chain.tip.slot }),
  justified: () => chain.checkpoint(EPOCHS - 1),
  finalized: () => chain.checkpoint(EPOCHS - 2),
  ancestorAt: (_root, slot) => (kept(clock.epochOf(slot)) ? chain.at(slot).record.id : undefined),
  stateOf: (root) => (areStatesKept ? chain.stateOf(root) : undefined),
  stateAt: (root, slot) => chain.chain.stateAt(root, slot),
  shuffling: async (epoch, root) => shufflingOf(await chain.chain.stateAt(root, Math.max(0, epoch - 1) * SLOTS_PER_EPOCH), epoch),
  served: {
    pool: { votes },
    slashings: { proposerSlashings: 1, attesterSlashings: 2 },
    performance: { list: () => OWN },
    certificates: maker.store,
  },
  status: () => ({ slot: slotNow }),
};
let api: Running;
const get = async (path: string) => (await api.get(`/v1/gasper${path}`)).json;

t.before(async () => {
  for (let slot = 1; slot <= EPOCHS * SLOTS_PER_EPOCH; slot++)
    await chain.block(slot, (state) => {
      if (slot === 12) state.initiateExit(7);
      if (slot === 20) chain.deposit(state);
      if (slot === 20)
        state.deposits.recordRefused({ publicKey: new Uint8Array(48), sender: state.account(0), amount: 5, epoch: 4, fault: 1 });
    });
  for (const vote of chain.votes(3)) maker.onVotes(vote);
  maker.onFinalized(chain.checkpoint(2));
  await maker.idle();
  api = await Running.start({}, (node) => {
    (node.routes as ApiRoutes[]).push(gasperRoutes(source));
  });
});
t.teardown(() => api.stop());

t.test("status and finality", async (t) => {
  t.same(await get("/status"), { slot: 20 });
  const finality = await get("/finality");
  t.match(finality, { currentSlot: 20, currentEpoch: 5, epochsSinceFinality: 2, isLeaking: false });
  t.match(finality, { finalized: { epoch: 3 }, justified: { epoch: 4, root: toHex(chain.checkpoint(4).root) } });
  t.match(finality.participation, { previous: { milli: 1_000, activeStake: String(16 * 32_000_000_000) }, current: { milli: 0 } });
});

t.test("validators, by page, status, account, number and key", async (t) => {
  const all = await get("/validators");
  t.match(all, { epoch: 5, total: 16, next: null, block: { slot: 20 } });
  t.equal(all.validators.length, 16);
  t.match(all.validators[7], { status: "active_exiting", exitEpoch: 6, withdrawableEpoch: 38 });
  const page = await get("/validators?offset=3&limit=5");
  t.same([page.validators.map(({ index }: { index: number }) => index), page.next], [[3, 4, 5, 6, 7], 8]);
  const active = await get("/validators?status=active_ongoing&limit=8");
  t.same([active.validators.length, active.next], [8, 9]);
  const { account, publicKey } = all.validators[9];
  t.same((await get(`/validators?account=${account}`)).validators, [all.validators[9]]);
  t.same((await get("/validators/9")).validator, all.validators[9]);
  t.same((await get(`/validators/${publicKey.toUpperCase()}`)).validator, all.validators[9]);
  t.equal((await get("/validators/16")).code, "GASPER_VALIDATOR_NOT_FOUND");
  t.equal((await get(`/validators/${"ab".repeat(48)}`)).code, "GASPER_VALIDATOR_NOT_FOUND");
  t.equal((await api.get("/v1/gasper/validators/nine")).status, 400);
  t.equal((await api.get("/v1/gasper/validators?limit=100000")).status, 400);
});

t.test("deposits, performance and the pool", async (t) => {
  const { waiting, pending, refused } = await get("/deposits");
  const fate = async (key: string) => (await get(`/validators/${key}`)).detail as string;
  t.match(await fate(pending[0].publicKey), /its deposit waits for the end of an epoch/);
  t.match(await fate(refused[0].publicKey), /given back at the end of epoch 4 \(GASPER_DEPOSIT_POSSESSION\); deposit again/);
  t.match(await fate("ab".repeat(48)), /a deposit becomes one at the end of an epoch/);
  t.match([waiting, pending, refused], [1, [{ amount: "32000000000", slot: 20 }], [{ amount: "5", code: "GASPER_DEPOSIT_POSSESSION" }]]);
  t.same(await get("/performance"), { validators: OWN.slice(0, 100), next: 100 });
  t.same(await get("/performance?offset=100&limit=20"), { validators: OWN.slice(100), next: null });
  t.equal((await api.get("/v1/gasper/performance?limit=1001")).status, 400);
  t.same(await get("/performance?validator=4"), { validators: [{ index: 4, effectivenessMilli: 990 }], next: null });
  t.equal((await get("/performance?validator=5")).code, "GASPER_VALIDATOR_NOT_FOUND");
  const pool = await get("/attestations?limit=2");
  t.match(pool, { total: 4, evidence: { proposerSlashings: 1, attesterSlashings: 2 } });
  t.same(
    pool.groups.map(({ slot }: { slot: number }) => slot),
    [19, 18],
    "the newest first",
  );
});

t.test("duties of kept epochs, the current and the next one", async (t) => {
  for (const epoch of [3, 4, 5, 6]) {
    const { duties } = await get(`/duties/proposers?epoch=${epoch}`);
    t.equal(duties.length, SLOTS_PER_EPOCH);
    const state = present(chain.stateOf(chain.at(Math.min(epoch, 5) * SLOTS_PER_EPOCH).record.id), "it is kept");
    for (const { slot, validator, publicKey } of duties) {
      t.equal(validator, state.proposerAt(slot));
      t.equal(publicKey, toHex(state.publicKey(validator)));
    }
    const { committees, activeValidators } = await get(`/committees?epoch=${epoch}`);
    t.same(
      committees.flatMap(({ validators }: { validators: number[] }) => validators).sort((a: number, b: number) => a - b),
      [...state.activeIndices(epoch)],
    );
    t.equal(activeValidators, state.activeIndices(epoch).length);
    const duty = (await get(`/duties/attesters?epoch=${epoch}&validators=2,7`)).duties[0];
    const [committee] = (await get(`/committees?slot=${duty.slot}&committeeIndex=${duty.committeeIndex}`)).committees;
    t.same([committee.validators[duty.position], committee.validators.length], [2, duty.committeeSize]);
  }
  t.equal((await get("/duties/proposers")).epoch, 5, "the current one if nobody says which");
  t.equal((await get("/duties/proposers?epoch=7")).code, "GASPER_EPOCH_TOO_FAR");
  t.equal((await api.get("/v1/gasper/duties/proposers?epoch=7")).status, 422);
  t.equal((await get("/committees?epoch=2")).code, "GASPER_EPOCH_NOT_KEPT");
  t.equal((await get("/committees?epoch=5&slot=3")).code, "GASPER_COMMITTEE_NOT_FOUND");
  t.equal((await get("/committees?slot=20&committeeIndex=9")).code, "GASPER_COMMITTEE_NOT_FOUND");
  slotNow += 2 * SLOTS_PER_EPOCH;
  const { duties } = await get("/duties/proposers?epoch=8");
  t.equal(duties.length, SLOTS_PER_EPOCH, "also while the head is behind");
  slotNow += 20 * SLOTS_PER_EPOCH;
  for (const epoch of [26, 27, 28]) t.equal((await get(`/duties/proposers?epoch=${epoch}`)).epoch, epoch, "far behind, those that are due");
  for (const epoch of [6, 16, 25, 29])
    for (const path of ["/duties/proposers?", "/duties/attesters?validators=1&", "/committees?"])
      t.equal((await get(`${path}epoch=${epoch}`)).code, "GASPER_EPOCH_TOO_FAR", `nobody walks to epoch ${epoch}`);
  t.equal((await get("/duties/proposers?epoch=5")).epoch, 5);
  slotNow -= 22 * SLOTS_PER_EPOCH;
});

t.test("certificates and sets", async (t) => {
  t.same(await get("/certificates"), { epochs: [2] });
  const latest = await get("/certificates/latest");
  t.match(latest, { epoch: 2, slot: 8, voters: 16, votedIncrements: 512, activeIncrements: 512 });
  t.same(await get("/certificates/2"), latest);
  t.equal((await get("/certificates/3")).code, "GASPER_CERTIFICATE_NOT_FOUND");
  t.equal((await get(`/validator-sets/${latest.setRoot}`)).bytes.length, 2 * 16 * 63);
  for (const [path, bytes] of [
    ["certificates/2", latest.bytes],
    [`validator-sets/${latest.setRoot}`, (await get(`/validator-sets/${latest.setRoot}`)).bytes],
  ]) {
    const response = await fetch(`${api.url}/v1/gasper/${path}`, { headers: { accept: "application/octet-stream" } });
    t.equal(Buffer.from(await response.arrayBuffer()).toString("hex"), bytes, "as bytes");
  }
  t.equal((await get(`/validator-sets/${"00".repeat(32)}`)).code, "GASPER_SET_NOT_FOUND");
  t.match(await get("/parameters"), { chainId: "light-1", slotsPerEpoch: SLOTS_PER_EPOCH, chainHash: toHex(parameters.chainHash) });
});

t.test("before the chain was read nothing is answered", async (t) => {
  isRestored = false;
  for (const path of [
    "/finality",
    "/validators",
    "/validators/1",
    "/duties/proposers",
    "/committees",
    "/attestations",
    "/deposits",
    "/performance",
    "/certificates",
  ])
    t.equal((await get(path)).code, "GASPER_NOT_READY", path);
  isRestored = true;
});

t.test("where the head's state is not kept, it is said so", async (t) => {
  areStatesKept = false;
  for (const path of ["/finality", "/validators", "/deposits"]) {
    const { status, json } = await api.get(`/v1/gasper${path}`);
    t.match([status, json.code], [503, "GASPER_STATE_NOT_KEPT"], path);
  }
  areStatesKept = true;
});

t.test("all of it is in the OpenAPI document", async (t) => {
  const { paths } = (await api.get("/openapi.json")).json;
  const own = Object.keys(paths).filter((path) => path.startsWith("/v1/gasper/"));
  t.equal(own.length, 14, own.join());
});
