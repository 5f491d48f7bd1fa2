// The field of five limbs of 51 bits, against plain arithmetic.
#include "../src/ed25519/field_portable.h"

#include "../src/ed25519/field_pair.h"
#include "field_check.h"

namespace chainwright::test {

void check_fields_portable(Random& random, double seconds) {
  check_field<ed25519::FieldPortable>("FieldPortable", random, seconds / 2);
  check_field<ed25519::FieldPair<ed25519::FieldPortable>>("a pair of FieldPortable", random, seconds / 2);
}

}  // namespace chainwright::test

