// The field of eight lanes of AVX-512 IFMA, against plain arithmetic.
#if defined(__x86_64__)
#include "../src/ed25519/field_ifma.h"

#include "../src/ed25519/field_pair.h"
#include "field_check.h"

namespace chainwright::test {

void check_fields_ifma(Random& random, double seconds) {
  check_field<ed25519::FieldIfma>("FieldIfma", random, seconds / 2);
  check_field<ed25519::FieldPair<ed25519::FieldIfma>>("a pair of FieldIfma", random, seconds / 2);
}

}  // namespace chainwright::test

#endif
