#pragma once
#include <stddef.h>
#include <stdint.h>

/* Compressed images in memory, decoded to rows of 8-bit pixels.
 *
 * libjpeg and libpng report errors by longjmp, which must not cross Swift frames: here it ends, and a status comes back. Two calls a
 * file: the header, so that the caller checks it against its limits and allocates; then the pixels. What the libraries allocate is
 * bounded by the header's size. */

typedef enum {
    GD_IMAGE_OK = 0,
    /* Ended early, or not what its header says. */
    GD_IMAGE_DAMAGED,
    /* A form of the format that the library does not read. */
    GD_IMAGE_UNSUPPORTED,
    GD_IMAGE_NO_MEMORY,
} gd_image_status;

typedef struct {
    int32_t width;
    int32_t height;
    /* Bytes of a decoded pixel: 3 for R, G, B; 4 for R, G, B, A, not premultiplied. */
    int32_t channels;
    /* 1 where the file has several pictures of which the first is decoded. */
    int32_t animated;
} gd_image_header;

/* Bytes for the library's words on a failure, a terminating zero included. */
enum { GD_IMAGE_REASON = 256 };

/* The header of `count` bytes at `bytes`. Where the status is not GD_IMAGE_OK, `reason` (GD_IMAGE_REASON bytes) says why. */
gd_image_status gd_jpeg_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason);
gd_image_status gd_png_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason);
gd_image_status gd_webp_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason);

/* Overwrites `pixels`, height * width * channels bytes, with the picture of the same bytes that gave `header`. */
gd_image_status gd_jpeg_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason);
gd_image_status gd_png_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason);
gd_image_status gd_webp_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason);
