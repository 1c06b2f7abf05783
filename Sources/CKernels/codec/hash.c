#include "gd_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t gd_xxh3_64(const uint8_t *bytes, int64_t count) { return XXH3_64bits(bytes, (size_t)count); }

gd_hash128 gd_xxh3_128(const uint8_t *bytes, int64_t count) {
    XXH128_hash_t hash = XXH3_128bits(bytes, (size_t)count);
    return (gd_hash128){.low = hash.low64, .high = hash.high64};
}
