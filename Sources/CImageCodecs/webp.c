#include "CImageCodecs.h"

#include <stdio.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

static gd_image_status refused(VP8StatusCode code, char *reason) {
    static const char *const words[] = {
        [VP8_STATUS_OUT_OF_MEMORY] = "out of memory", [VP8_STATUS_INVALID_PARAM] = "invalid parameter",
        [VP8_STATUS_BITSTREAM_ERROR] = "bitstream error", [VP8_STATUS_UNSUPPORTED_FEATURE] = "unsupported feature",
        [VP8_STATUS_SUSPENDED] = "ends early", [VP8_STATUS_USER_ABORT] = "aborted", [VP8_STATUS_NOT_ENOUGH_DATA] = "ends early",
    };
    snprintf(reason, GD_IMAGE_REASON, "%s", words[code]);
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return GD_IMAGE_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return GD_IMAGE_UNSUPPORTED;
    default: return GD_IMAGE_DAMAGED;
    }
}

gd_image_status gd_webp_header(const uint8_t *bytes, size_t count, gd_image_header *header, char *reason) {
    WebPBitstreamFeatures features;
    VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
    if (code != VP8_STATUS_OK) return refused(code, reason);
    int32_t channels = features.has_alpha || features.has_animation ? 4 : 3;
    *header = (gd_image_header){features.width, features.height, channels, features.has_animation != 0};
    return GD_IMAGE_OK;
}

/* The first picture of an animation, where it lies on the canvas. */
static gd_image_status decode_first(
    const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason
) {
    WebPAnimDecoderOptions options;
    if (!WebPAnimDecoderOptionsInit(&options)) return refused(VP8_STATUS_INVALID_PARAM, reason);
    options.color_mode = MODE_RGBA;
    WebPData data = {bytes, count};
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
    if (!decoder) return refused(VP8_STATUS_BITSTREAM_ERROR, reason);
    WebPAnimInfo info;
    uint8_t *canvas;
    int timestamp;
    int is_read = WebPAnimDecoderGetInfo(decoder, &info) && info.canvas_width == (uint32_t)header->width
        && info.canvas_height == (uint32_t)header->height && WebPAnimDecoderGetNext(decoder, &canvas, &timestamp);
    if (is_read) memcpy(pixels, canvas, (size_t)4 * info.canvas_width * info.canvas_height);
    WebPAnimDecoderDelete(decoder);
    return is_read ? GD_IMAGE_OK : refused(VP8_STATUS_BITSTREAM_ERROR, reason);
}

gd_image_status gd_webp_decode(const uint8_t *bytes, size_t count, const gd_image_header *header, uint8_t *pixels, char *reason) {
    if (header->animated) return decode_first(bytes, count, header, pixels, reason);
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return refused(VP8_STATUS_INVALID_PARAM, reason);
    size_t stride = (size_t)header->width * (size_t)header->channels;
    config.output.colorspace = header->channels == 4 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)header->height;
    VP8StatusCode code = WebPDecode(bytes, count, &config);
    WebPFreeDecBuffer(&config.output);
    return code == VP8_STATUS_OK ? GD_IMAGE_OK : refused(code, reason);
}
