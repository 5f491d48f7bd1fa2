/**
 * The layers of the house (core/README.md): arrows point one way, nothing imports a plugin, no cycles, type-only ones included.
 */
const leaf = "^core/kernel/(errors|assert)\\.ts$";
const may = (from, allowed, comment) => ({
  name: `layer-${from.replaceAll("/", "-")}`,
  comment,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: "^(core|plugins|bench|test|native)/", pathNot: [`^${from}/`, leaf, ...allowed] },
});
const service = ["^core/ports/", "^core/primitives/"];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "nothing-imports-a-plugin",
      severity: "error",
      from: { path: "^(core|bench)/", pathNot: "^bench/(suites|generator)/" },
      to: { path: "^plugins/" },
    },
    {
      name: "a-plugin-imports-its-folder-and-the-sdk",
      severity: "error",
      from: { path: "^plugins/([^/]+)/", pathNot: "^plugins/consensus-gasper/light-client/" },
      to: { path: "^(core|plugins|bench|test|native)/", pathNot: ["^plugins/$1/", "^core/sdk\\.ts$"] },
    },
    { name: "nothing-imports-tests", severity: "error", from: { pathNot: "^(test|bench)/" }, to: { path: "^test/" } },
    {
      name: "only-di-imports-tsyringe",
      severity: "error",
      from: { pathNot: "^core/kernel/di\\.ts$" },
      to: { path: "^node_modules/(tsyringe|reflect-metadata)/" },
    },
    {
      name: "no-dev-dependency-at-run-time",
      severity: "error",
      from: { path: "^(core|plugins)/" },
      // A name like #bundled/yaml is in no package.json's dependencies: esbuild.config.js checks that its package is.
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["aliased-subpath-import"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    may("core/primitives", ["^proto/"], "primitives import nothing but each other"),
    may("core/ports", ["^core/primitives/"], "ports are interfaces over primitives"),
    may("core/kernel", ["^core/ports/"], "the kernel knows nothing of blockchains"),
    may("core/runtime", service),
    may("core/compute", [...service, "^native/(engine|index)\\.ts$"], "each thread builds its own engine"),
    may("native", ["^core/ports/", "^core/primitives/"], "engines know nothing of threads and queues"),
    may("core/bls", service, "signatures that add up; two libraries behind one seam"),
    {
      name: "portable-bls-runs-in-a-browser",
      comment: "what the portable engine is made of imports types, assertions, and no library: whoever builds it hands that over",
      severity: "error",
      from: { path: "^core/bls/(portable|engine|encoding)\\.ts$" },
      to: { pathNot: ["^core/bls/(engine|encoding)\\.ts$", leaf, "^core/primitives/bytes\\.ts$", "^node_modules/@noble/curves/"] },
    },
    may("core/state", [...service, "^core/proofs/"], "the prover writes what the verifier reads"),
    {
      name: "proofs-run-in-a-browser",
      comment: "core/proofs imports nothing but its own files and @noble/hashes: no Node, no other core folder, type-only imports included",
      severity: "error",
      from: { path: "^core/proofs/" },
      to: { pathNot: ["^core/proofs/", "^node_modules/@noble/hashes/"] },
    },
    {
      name: "the-light-client-runs-in-a-browser",
      comment: "it imports the verifier of proofs, the codec of messages, and @noble: no Node, and no core folder that imports Node",
      severity: "error",
      from: { path: "^plugins/consensus-gasper/light-client/" },
      to: {
        pathNot: [
          "^plugins/consensus-gasper/light-client/",
          "^core/proofs/index\\.ts$",
          "^core/primitives/codec\\.ts$",
          "^node_modules/@noble/(curves|hashes)/",
        ],
      },
    },
    may("core/leveldb", service, "LevelDB's files, for whichever plugin keeps some"),
    may("core/work", service),
    may("core/chain", [...service, "^core/state/"]),
    may(
      "core/database",
      [...service, "^core/state/", "^core/chain/", "^core/snapshots/"],
      "tools on records and files; whoever opens a node's parts is above",
    ),
    may(
      "core/snapshots",
      [...service, "^core/proofs/", "^core/state/", "^core/chain/"],
      "proofs in files, and the chain that begins with them",
    ),
    may("core/mempool", service),
    may("core/network", [...service, "^core/chain/", "^core/mempool/"], "the network sees chain and mempool, nothing deeper"),
    may("core/certificates", ["^core/primitives/"]),
    may(
      "core/devnet",
      [...service, "^core/kernel/", "^core/node/", "^core/certificates/", "^core/runtime/", "^core/work/compact\\.ts$"],
      "a devnet starts nodes; it looks into none",
    ),
    may("core/conformance", [...service, "^core/sdk\\.ts$"]),
    may("core/node", ["^core/(?!devnet|simulation)"], "the composition root binds everything, but no command line"),
    may(
      "core/simulation",
      ["^core/sdk\\.ts$", "^core/node/simulation-seam\\.ts$"],
      "a simulation runs nodes as they are: what it needs of one is a seam",
    ),
    { name: "only-main-runs-the-cli", severity: "error", from: { path: "^core/", pathNot: "^core/cli/" }, to: { path: "^core/cli/" } },
    {
      name: "the-cli-talks-to-node",
      severity: "error",
      from: { path: "^core/cli/" },
      to: { path: "^core/(chain|state|mempool|network|compute|work)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
