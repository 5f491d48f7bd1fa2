// The field of four lanes of AVX2, against plain arithmetic.
#if defined(__x86_64__)
#include "../src/ed25519/field_avx2.h"

#include "../src/ed25519/field_pair.h"
#include "field_check.h"

namespace chainwright::test {

void check_fields_avx2(Random& random, double seconds) {
  check_field<ed25519::FieldAvx2>("FieldAvx2", random, seconds / 2);
  check_field<ed25519::FieldPair<ed25519::FieldAvx2>>("a pair of FieldAvx2", random, seconds / 2);
}

}  // namespace chainwright::test

#endif
