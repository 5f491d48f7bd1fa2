// SHA-256 of 64-byte messages in plain C++: every processor, and WebAssembly.
#include "constants.h"
#include "tiers.h"

namespace chainwright::sha256 {
namespace {

inline uint32_t rotate_right(uint32_t x, int n) { return x >> n | x << (32 - n); }

inline uint32_t load_big_endian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

inline void store_big_endian(uint8_t* bytes, uint32_t x) {
  bytes[0] = static_cast<uint8_t>(x >> 24);
  bytes[1] = static_cast<uint8_t>(x >> 16);
  bytes[2] = static_cast<uint8_t>(x >> 8);
  bytes[3] = static_cast<uint8_t>(x);
}

struct State {
  uint32_t a, b, c, d, e, f, g, h;
};

// One round (FIPS 180-4, §6.2.2 step 3) in place: instead of moving eight variables along, the caller names them one
// further each time. `kw` is K[t] + W[t].
SHA_INLINE void round(uint32_t a, uint32_t b, uint32_t c, uint32_t& d, uint32_t e, uint32_t f,
                      uint32_t g, uint32_t& h, uint32_t kw) {
  const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
  const uint32_t choose = g ^ (e & (f ^ g));
  const uint32_t t1 = h + sum1 + choose + kw;
  const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
  const uint32_t majority = (a & b) | (c & (a | b));
  d += t1;
  h = t1 + sum0 + majority;
}

// Rounds t to t + 7 with kw(t) = K[t] + W[t].
template <typename Words>
SHA_INLINE void eight_rounds(State& s, Words kw) {
  round(s.a, s.b, s.c, s.d, s.e, s.f, s.g, s.h, kw(0));
  round(s.h, s.a, s.b, s.c, s.d, s.e, s.f, s.g, kw(1));
  round(s.g, s.h, s.a, s.b, s.c, s.d, s.e, s.f, kw(2));
  round(s.f, s.g, s.h, s.a, s.b, s.c, s.d, s.e, kw(3));
  round(s.e, s.f, s.g, s.h, s.a, s.b, s.c, s.d, kw(4));
  round(s.d, s.e, s.f, s.g, s.h, s.a, s.b, s.c, kw(5));
  round(s.c, s.d, s.e, s.f, s.g, s.h, s.a, s.b, kw(6));
  round(s.b, s.c, s.d, s.e, s.f, s.g, s.h, s.a, kw(7));
}

inline void add_to(State& s, const State& t) {
  s.a += t.a;
  s.b += t.b;
  s.c += t.c;
  s.d += t.d;
  s.e += t.e;
  s.f += t.f;
  s.g += t.g;
  s.h += t.h;
}

// The block of the message itself, with its schedule in a ring of 16 words.
inline void message_block(State& state, const uint8_t* block) {
  uint32_t w[16];
  for (int i = 0; i < 16; i++) w[i] = load_big_endian(block + 4 * i);
  State s = state;
  eight_rounds(s, [&](int i) { return kRoundConstants[i] + w[i]; });
  eight_rounds(s, [&](int i) { return kRoundConstants[8 + i] + w[8 + i]; });
  for (int t = 16; t < 64; t += 16) {
    const auto next = [&](int i) {
      const uint32_t x = w[(i + 1) & 15];
      const uint32_t y = w[(i + 14) & 15];
      const uint32_t sigma0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
      const uint32_t sigma1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10;
      w[i & 15] += sigma0 + w[(i + 9) & 15] + sigma1;
      return w[i & 15] + kRoundConstants[t + i];
    };
    eight_rounds(s, next);
    eight_rounds(s, [&](int i) { return next(8 + i); });
  }
  add_to(state, s);
}

inline void padding_block(State& state) {
  State s = state;
  for (int t = 0; t < 64; t += 8) eight_rounds(s, [&](int i) { return kPaddingSchedule.words[t + i]; });
  add_to(state, s);
}

}  // namespace

void pairs_portable(const uint8_t* input, uint8_t* output, size_t count, uint8_t and_mask, uint8_t or_mask) {
  for (size_t i = 0; i < count; i++) {
    State state = {kInitialState[0], kInitialState[1], kInitialState[2], kInitialState[3],
                   kInitialState[4], kInitialState[5], kInitialState[6], kInitialState[7]};
    message_block(state, input + 64 * i);
    padding_block(state);
    uint8_t* out = output + 32 * i;
    store_big_endian(out, state.a);
    store_big_endian(out + 4, state.b);
    store_big_endian(out + 8, state.c);
    store_big_endian(out + 12, state.d);
    store_big_endian(out + 16, state.e);
    store_big_endian(out + 20, state.f);
    store_big_endian(out + 24, state.g);
    store_big_endian(out + 28, state.h);
    out[0] = static_cast<uint8_t>((out[0] & and_mask) | or_mask);
  }
}

void blocks_portable(uint32_t (*states)[8], const uint8_t* blocks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t* const w = states[i];
    State state = {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]};
    message_block(state, blocks + 64 * i);
    const uint32_t words[8] = {state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h};
    for (int word = 0; word < 8; word++) w[word] = words[word];
  }
}

}  // namespace chainwright::sha256
