#include "CImageCodecs.h"

#include <stdio.h>
#include <string.h>

#include <png.h>

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *next;
    size_t left;
    gd_image_status status;
    char *reason;
} decoder;

/* Most bytes that one chunk besides the pixels may make libpng allocate; palettes and transparency need less than 1 KiB. */
enum { CHUNK_BYTES = 1 << 20 };

static _Noreturn void on_error(png_structp png, png_const_charp text) {
    decoder *self = png_get_error_ptr(png);
    self->status = GD_IMAGE_DAMAGED;
    snprintf(self->reason, GD_IMAGE_REASON, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void on_read(png_structp png, png_bytep target, size_t count) {
    decoder *self = png_get_io_ptr(png);
    if (count > self->left) png_error(png, "ends early");
    memcpy(target, self->next, count);
    self->next += count;
    self->left -= count;
}

/* Before the first call that can fail. */
static gd_image_status open_decoder(decoder *self, const uint8_t *bytes, size_t count, char *reason) {
    *self = (decoder){.next = bytes, .left = count, .reason = reason};
    self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
    self->info = self->png ? png_create_info_struct(self->png) : NULL;
    if (self->info) return GD_IMAGE_OK;
    snprintf(reason, GD_IMAGE_REASON, "out of memory");
    return self->status = GD_IMAGE_NO_MEMORY;
}

static void close_decoder(decoder *self) { png_destroy_read_struct(&self->png, &self->info, NULL); }

/* With the longjmp target set: reads up to the first pixel. Chunks that change no pixel are passed by unread. */
static void read_info(decoder *self, gd_image_header *header) {
    static const png_byte unread[] = "tEXt\0zTXt\0iTXt\0iCCP\0eXIf\0sPLT\0hIST\0pCAL\0sCAL\0oFFs\0tIME";
    png_set_user_limits(self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(self->png, CHUNK_BYTES);
    png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_NEVER, unread, sizeof unread / 5);
    png_set_read_fn(self->png, self, on_read);
    png_read_info(self->png, self->info);
    int has_alpha = (png_get_color_type(self->png, self->info) & PNG_COLOR_MASK_ALPHA) != 0
        || png_get_valid(self->png, self->info, PNG_INFO_tRNS) != 0;
    *header = (gd_image_header){
        (int32_t)png_get_image_width(self->png, self->info), (int32_t)png_get_image_height(self->png, self->info), 3 + has_alpha,
        0};
}

gd_image_status gd_png_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason) {
    decoder self;
    if (open_decoder(&self, bytes, count, reason) == GD_IMAGE_OK && setjmp(png_jmpbuf(self.png)) == 0) read_info(&self, header);
    close_decoder(&self);
    return self.status;
}

/* Any depth and colour to 8-bit RGB or RGBA: 16 bits rounded to 8, a gamma other than sRGB's applied. */
static void read_rows(decoder *self, const gd_image_header *expected, uint8_t *pixels) {
    png_structp png = self->png;
    gd_image_header header;
    read_info(self, &header);
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_scale_16(png);
    png_set_alpha_mode_fixed(png, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, self->info);
    size_t stride = (size_t)expected->width * (size_t)expected->channels;
    if (header.width != expected->width || header.height != expected->height || png_get_rowbytes(png, self->info) != stride)
        png_error(png, "another size than its header");
    for (int pass = 0; pass < passes; pass++)
        for (int32_t y = 0; y < header.height; y++) png_read_row(png, pixels + (size_t)y * stride, NULL);
}

gd_image_status gd_png_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason) {
    decoder self;
    if (open_decoder(&self, bytes, count, reason) == GD_IMAGE_OK && setjmp(png_jmpbuf(self.png)) == 0)
        read_rows(&self, header, pixels);
    close_decoder(&self);
    return self.status;
}
