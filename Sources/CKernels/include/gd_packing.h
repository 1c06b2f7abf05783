#pragma once

#include "gd_status.h"

/// Packs `count` codes, a byte each, to `bits` bits (2 ... 8) a code: code i takes the bits i * bits ... of `packed`, least significant
/// first; bits behind the last code are zero. Touches (count * bits + 7) / 8 bytes.
void gd_pack_codes(const int8_t *codes, int64_t count, int bits, uint8_t *packed);
