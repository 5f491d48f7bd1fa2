/**
 * The published test vectors of aserti3-2d, linked from the specification
 * (https://reference.cash/protocol/forks/2020-11-15-asert; data: gitlab.com/bitcoin-cash-node/bchn-sw/qa-assets,
 * test_vectors/aserti3-2d, run01 … run10). Bitcoin Cash's parameters: blocks of 600 s, half-life of 172,800 s, limit 0x1d00ffff.
 *
 * Every row stands for itself: height and time of a tip, and the bits of the block after it. Runs 1–3, 9 and 10 are complete.
 * Runs 4 and 5 follow a pattern, which is written out as such. Of the long random runs 6–8 parts are kept.
 */
export interface AsertRun {
  readonly name: string;
  readonly anchorHeight: bigint;
  /** Timestamp of the anchor's parent, s. */
  readonly anchorParentTime: bigint;
  readonly anchorBits: number;
  readonly rows: readonly { readonly height: bigint; readonly time: bigint; readonly bits: number }[];
}

/** Rows as published: `height time bits`. */
function rows(text: string): AsertRun["rows"] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [height = "", time = "", bits = ""] = line.trim().split(" ");
      return { height: BigInt(height), time: BigInt(time), bits: Number.parseInt(bits, 16) };
    });
}

const generated = (count: number, row: (i: number) => { height: number; time: number; bits: number }): AsertRun["rows"] =>
  Array.from({ length: count }, (_, i) => {
    const { height, time, bits } = row(i);
    return { height: BigInt(height), time: BigInt(time), bits };
  });

const fromGenesisLike = { anchorHeight: 1n, anchorParentTime: 0n };
const steady = (bits: number) => generated(10, (i) => ({ height: 2 + i, time: 1_200 + 600 * i, bits }));

/** Run 4: 2^(i + 1) in compact form, up to the limit. */
function doubledBits(i: number): number {
  const exponent = i + 1;
  if (exponent >= 224) return 0x1d00ffff;
  const size = (exponent + 8) >> 3;
  const top = 1 << (exponent - 8 * (size - 1));
  return top === 0x80 ? (((size + 1) << 24) | 0x8000) >>> 0 : ((size << 24) | (top << 16)) >>> 0;
}

/** Run 5: the last rows, where rounding to few bits shows. */
const RUN_5_TAIL = [
  0x027f6200, 0x023fb100, 0x021fd800, 0x020fec00, 0x0207f600, 0x0203fb00, 0x0201fd00, 0x0200fe00, 0x017f0000, 0x013f0000, 0x011f0000,
  0x010f0000, 0x01070000, 0x01030000, 0x01010000, 0x01010000,
];
const RUN_5_MANTISSAS = [0x7f62c0, 0x3fb160, 0x1fd8b0, 0x0fec58, 0x07f62c, 0x03fb16, 0x01fd8b, 0x00fec5];

/** Run 5: the limit halved again and again. */
function halvedBits(i: number): number {
  if (i === 0) return 0x1d00fec5;
  if (i >= 209) return RUN_5_TAIL[i - 209] ?? 0;
  const step = i - 1;
  return (((0x1c - (step >> 3)) << 24) | (RUN_5_MANTISSAS[step & 7] ?? 0)) >>> 0;
}

export const ASERT_RUNS: readonly AsertRun[] = [
  { name: "run01: steady 600 s blocks at the limit", ...fromGenesisLike, anchorBits: 0x1d00ffff, rows: steady(0x1d00ffff) },
  { name: "run02: steady 600 s blocks at 0x1a2b3c4d", ...fromGenesisLike, anchorBits: 0x1a2b3c4d, rows: steady(0x1a2b3c4d) },
  { name: "run03: steady 600 s blocks at the smallest target", ...fromGenesisLike, anchorBits: 0x01010000, rows: steady(0x01010000) },
  {
    name: "run04: from the smallest target, doubling at each block",
    ...fromGenesisLike,
    anchorBits: 0x01010000,
    rows: generated(225, (i) => ({ height: 2 + i, time: 174_000 + 173_400 * i, bits: doubledBits(i) })),
  },
  {
    name: "run05: from the limit, halving at each step",
    ...fromGenesisLike,
    anchorBits: 0x1d00ffff,
    rows: generated(225, (i) => ({ height: 2 + 288 * i, time: 0, bits: halvedBits(i) })),
  },
  {
    name: "run06: random solve times, stable hash rate",
    ...fromGenesisLike,
    anchorBits: 0x1802aee8,
    rows: rows(`
      2 1200 1802aee8
      3 1310 1802ad91
      4 1327 1802abf8
      5 1739 1802ab73
      6 2219 1802ab20
      7 2604 1802aa89
      8 2746 1802a94b
      9 7099 1802b39c
      10 7099 1802b1f2
      11 7657 1802b1d4
      12 8626 1802b2db
      13 8816 1802b1b7
      14 9632 1802b252
      15 10804 1802b3e7
      16 11727 1802b4ce
      125 73181 1802a9ee
      126 77005 1802b2cb
      127 77349 1802b215
      248 158420 1802c9fd
      249 158546 1802c8a0
      552 338121 1802c249
      553 338373 1802c14d
      575 358636 1802d597
      576 358980 1802d4d9
      985 578576 18028d93
      986 580110 18029007
      993 586689 1802964e
      999 588544 180291b0
      1000 589215 180291e0
      1001 589738 180291ad`),
  },
  {
    name: "run07: random solve times, rising hash rate",
    ...fromGenesisLike,
    anchorBits: 0x1802aee8,
    rows: rows(`
      12 8141 1802b181
      13 8236 1802b01c
      14 8644 1802af93
      50 16870 18028bbb
      51 16876 18028a2d
      100 20363 180249fb
      101 20372 18024899
      161 22749 1801fec4
      250 25770 1801a154
      251 25790 1801a05c
      301 26908 180172db
      400 28361 180125ed
      459 29064 1800ffb4
      460 29068 1800ff18
      500 29547 1800e81f
      501 29563 1800e793
      600 30765 1800b765
      636 31012 1800a855
      637 31014 1800a7ee
      980 33210 174a356b
      981 33210 174a07cd
      982 33214 1749da86
      983 33245 1749af6c
      995 33343 17479cfc
      1000 33360 1746c2cd
      1001 33365 17469789`),
  },
  {
    name: "run08: random solve times, falling hash rate",
    ...fromGenesisLike,
    anchorBits: 0x1802aee8,
    rows: rows(`
      12 9595 1802b58d
      13 9975 1802b4ee
      14 11607 1802b7d3
      15 13951 1802bcb8
      22 33606 1802e994
      31 46761 1803011f
      54 111773 1803b056
      100 333016 18080571
      125 449192 180c09c5
      126 498904 180ea828
      186 1073114 187ef4ed
      187 1078358 19008158
      188 1140450 1900a58c
      226 1712835 1905dce8
      280 2501718 1979dde2
      281 2529858 1a00881c
      282 2567210 1a009dbf
      351 3912900 1a734b80
      352 3950808 1b0085ea
      425 5352914 1b79926b
      426 5430357 1c00a57c
      427 5460070 1c00b9fd
      480 6774168 1c7c75fc
      481 6842136 1d00a31a
      482 6924554 1d00e26d
      483 6928915 1d00e5dd
      484 6930238 1d00e688
      485 6993399 1d00ffff
      501 7462933 1d00ffff`),
  },
  {
    name: "run09: 300 s blocks across signed 32-bit heights",
    anchorHeight: 2147483642n,
    anchorParentTime: 1234567290n,
    anchorBits: 0x1802aee8,
    rows: rows(`
      2147483643 1234568190 1802ae16
      2147483644 1234568490 1802ad44
      2147483645 1234568790 1802ac71
      2147483646 1234569090 1802ab9e
      2147483647 1234569390 1802aacd
      2147483648 1234569690 1802a9fa
      2147483649 1234569990 1802a929
      2147483650 1234570290 1802a858
      2147483651 1234570590 1802a787
      2147483652 1234570890 1802a6b7`),
  },
  {
    name: "run10: 900 s blocks across signed 64-bit heights and 32-bit times",
    anchorHeight: 9223372036854775802n,
    anchorParentTime: 2147483047n,
    anchorBits: 0x1802aee8,
    rows: rows(`
      9223372036854775803 2147484547 1802afbb
      9223372036854775804 2147485447 1802b08f
      9223372036854775805 2147486347 1802b166
      9223372036854775806 2147487247 1802b23a
      9223372036854775807 2147488147 1802b30e
      9223372036854775808 2147489047 1802b3e5
      9223372036854775809 2147489947 1802b4bb
      9223372036854775810 2147490847 1802b592
      9223372036854775811 2147491747 1802b669
      9223372036854775812 2147492647 1802b73d`),
  },
];
