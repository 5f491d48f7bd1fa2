// The field of nine limbs of 29 bits, as WebAssembly has it; it runs anywhere, against plain arithmetic.
#include "../src/ed25519/field_wasm.h"

#include "../src/ed25519/field_pair.h"
#include "field_check.h"

namespace chainwright::test {

void check_fields_wasm(Random& random, double seconds) {
  check_field<ed25519::FieldWasm>("FieldWasm", random, seconds / 2);
  check_field<ed25519::FieldPair<ed25519::FieldWasm>>("a pair of FieldWasm", random, seconds / 2);
}

}  // namespace chainwright::test

