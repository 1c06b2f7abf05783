#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/* More scans than any encoder writes: each takes the time of a whole picture, and needs only a few bytes. */
enum { SCAN_LIMIT = 500 };

typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    gd_image_status status;
    char *reason;
} decoder;

static _Noreturn void fail(decoder *self, gd_image_status status) {
    self->status = status;
    longjmp(self->failed, 1);
}

static _Noreturn void on_error(j_common_ptr jpeg) {
    decoder *self = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    self->errors.format_message(jpeg, text);
    snprintf(self->reason, GD_IMAGE_REASON, "%s", text);
    switch (self->errors.msg_code) {
    case JERR_OUT_OF_MEMORY: fail(self, GD_IMAGE_NO_MEMORY);
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: fail(self, GD_IMAGE_UNSUPPORTED);
    default: fail(self, GD_IMAGE_DAMAGED);
    }
}

/* Where data is missing or wrong, libjpeg warns and makes pixels up: that is an error here. Its other warnings cost no pixel. */
static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (jpeg->err->msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC: on_error(jpeg);
    default: return;
    }
}

static void on_progress(j_common_ptr jpeg) {
    decoder *self = jpeg->client_data;
    if (self->jpeg.input_scan_number <= SCAN_LIMIT) return;
    snprintf(self->reason, GD_IMAGE_REASON, "more than %d scans", SCAN_LIMIT);
    fail(self, GD_IMAGE_UNSUPPORTED);
}

/* To be called with `failed` set; reads up to the first scan. */
static void open_decoder(decoder *self, const uint8_t *bytes, size_t count) {
    jpeg_create_decompress(&self->jpeg);
    self->jpeg.client_data = self;
    self->progress.progress_monitor = on_progress;
    self->jpeg.progress = &self->progress;
    jpeg_mem_src(&self->jpeg, bytes, count);
    jpeg_read_header(&self->jpeg, TRUE);
}

/* Before the first call that can fail. */
static void prepare(decoder *self, char *reason) {
    memset(self, 0, sizeof *self);
    self->reason = reason;
    self->jpeg.err = jpeg_std_error(&self->errors);
    self->errors.error_exit = on_error;
    self->errors.emit_message = on_message;
    self->jpeg.client_data = self;
}

gd_image_status gd_jpeg_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason) {
    decoder self;
    prepare(&self, reason);
    if (setjmp(self.failed) == 0) {
        open_decoder(&self, bytes, count);
        *header = (gd_image_header){(int32_t)self.jpeg.image_width, (int32_t)self.jpeg.image_height, 3, 0};
    }
    jpeg_destroy_decompress(&self.jpeg);
    return self.status;
}

/* a * b / 255, rounded to nearest. */
static inline unsigned scaled(unsigned a, unsigned b) {
    unsigned product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

/* Ink as Adobe writes it, 255 for none, to light: what the colour takes away from what the black leaves. */
static void rgb_from_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned left = cmyk[4 * i + 3];
        for (size_t c = 0; c < 3; c++) rgb[3 * i + c] = (uint8_t)(left - scaled(255u - cmyk[4 * i + c], left));
    }
}

static void read_rows(decoder *self, const gd_image_header *header, uint8_t *pixels) {
    struct jpeg_decompress_struct *jpeg = &self->jpeg;
    bool is_cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(jpeg);
    if (jpeg->output_width != (JDIMENSION)header->width || jpeg->output_height != (JDIMENSION)header->height) {
        snprintf(self->reason, GD_IMAGE_REASON, "another size than its header");
        fail(self, GD_IMAGE_DAMAGED);
    }
    size_t width = jpeg->output_width;
    JSAMPARRAY inks =
        is_cmyk ? jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)(4 * width), 1) : NULL;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = pixels + 3 * width * jpeg->output_scanline;
        jpeg_read_scanlines(jpeg, is_cmyk ? inks : &row, 1);
        if (is_cmyk) rgb_from_inverted_cmyk(inks[0], row, width);
    }
    jpeg_finish_decompress(jpeg);
}

gd_image_status gd_jpeg_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason) {
    decoder self;
    prepare(&self, reason);
    if (setjmp(self.failed) == 0) {
        open_decoder(&self, bytes, count);
        read_rows(&self, header, pixels);
    }
    jpeg_destroy_decompress(&self.jpeg);
    return self.status;
}
