// Single points over the one-lane field that the build has.
#include "packed_point.h"

#include "point.h"
#if defined(__wasm__)
#include "field_wasm.h"
#else
#include "field_portable.h"
#endif

namespace chainwright::ed25519 {

namespace {

#if defined(__wasm__)
using Field = FieldWasm;
#else
using Field = FieldPortable;
#endif

AffineNiels<Field> load(const PackedPoint& point) {
  const PackedPoint* const lane[1] = {&point};
  return gather_points<Field>(lane);
}

// (Y + X, Y - X, Z) of a projective point: what comparing takes.
struct Comparable {
  Field::Tight y_plus_x, y_minus_x, z;
};

Comparable comparable(const Extended<Field>& p) {
  return {Field::carry(Field::add(p.y, p.x)), Field::carry(Field::sub(p.y, p.x)), p.z};
}

bool equal(const Comparable& p, const Comparable& q) {
  return Field::is_zero(Field::sub(Field::mul(p.y_plus_x, q.z), Field::mul(q.y_plus_x, p.z))) &&
         Field::is_zero(Field::sub(Field::mul(p.y_minus_x, q.z), Field::mul(q.y_minus_x, p.z)));
}

}  // namespace

const PackedPoint& base_point() { return kPackedBase; }

// Baby steps and giant steps (Shanks): multiple = giant * kBabies + baby with baby in [1, kBabies]; compares
// target - giant * kBabies * base with each baby * base.
size_t find_multiple(const PackedPoint& base, const PackedPoint& target, size_t limit) {
  constexpr size_t kBabies = 32;
  const AffineNiels<Field> step = load(base);
  Comparable babies[kBabies];
  Extended<Field> multiple = extended_identity<Field>();
  for (Comparable& baby : babies) {
    multiple = add_affine<Field>(multiple, step);
    baby = comparable(multiple);
  }
  const ProjectiveNiels<Field> stride = negate_where<Field>(Field::mask_from_bits(1), to_niels<Field>(multiple));
  Extended<Field> rest = add_affine<Field>(extended_identity<Field>(), load(target));
  for (size_t giant = 0; giant * kBabies < limit; ++giant) {
    const Comparable wanted = comparable(rest);
    for (size_t baby = 0; baby < kBabies; ++baby) {
      if (!equal(babies[baby], wanted)) continue;
      const size_t found = giant * kBabies + baby + 1;
      return found <= limit ? found : 0;
    }
    rest = add_niels<Field>(rest, stride);
  }
  return 0;
}

bool subtract_points(const PackedPoint& x, const PackedPoint& y, PackedPoint& difference) {
  Extended<Field> sum = add_affine<Field>(extended_identity<Field>(), load(x));
  sum = add_affine<Field>(sum, negate_where<Field>(Field::mask_from_bits(1), load(y)));
  if (neutral_bits<Field>(sum) != 0) return false;
  PackedPoint* const lane[1] = {&difference};
  scatter_affine<Field>(sum, lane);
  return true;
}

}  // namespace chainwright::ed25519
