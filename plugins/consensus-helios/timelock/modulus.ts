/**
 * The modulus of the time-lock: RSA-2048 of the RSA Factoring Challenge.
 *
 * RSA Laboratories published it in 1991 to 2001 as the largest number of its challenge (617 decimal digits with digit sum 2738) and
 * said that the machine which made it, and with it both primes, was destroyed. Nobody is known to have factored it. Who has its
 * factors computes any power at once: that is the trust in this number, and what the specification says about it (§ 7.4, and the last row of § 8).
 */
import { type Bytes, fromHex, present } from "../../../core/sdk.js";

/** Of all values modulo N, big-endian: in headers, between engines and in this folder. */
export const VALUE_BYTES = 256;

/** N, 2,048 bits, big-endian. Treat as immutable. */
export const RSA_2048: Bytes = present(
  fromHex(
    "c7970ceedcc3b0754490201a7aa613cd73911081c790f5f1a8726f463550bb5b" +
      "7ff0db8e1ea1189ec72f93d1650011bd721aeeacc2acde32a04107f0648c2813" +
      "a31f5b0b7765ff8b44b4b6ffc93384b646eb09c7cf5e8592d40ea33c80039f35" +
      "b4f14a04b51f7bfd781be4d1673164ba8eb991c2c4d730bbbe35f592bdef524a" +
      "f7e8daefd26c66fc02c479af89d64d373f442709439de66ceb955f3ea37d5159" +
      "f6135809f85334b5cb1813addc80cd05609f10ac6a95ad65872c909525bdad32" +
      "bc729592642920f24c61dc5b3c3b7923e56b16a4d9d373d8721f24a3fc0f1b31" +
      "31f55615172866bccc30f95054c824e733a5eb6817f7bc16399d48c6361cc7e5",
  ),
  "the modulus is hex",
);
