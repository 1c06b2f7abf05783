#pragma once

#include "gd_channelwise.h"
#include "gd_product.h"

/// One row of outputs of a depthwise convolution, for up to 16 channels.
typedef struct {
    const gd_window *window;
    /// The channels of the image's first pixel.
    const float *image;
    /// The image's row under the first row of the kernel: negative above the image.
    int64_t y;
    /// (1 + K * K, 16): the bias, then the taps; zero beyond the last channel.
    const float *parameters;
    gd_activation activation;
    int64_t channels;
    /// The channels of the row's first pixel.
    float *output;
} gd_depthwise_row;

/// The inner kernel of an instruction set. Each output is one chain of fused multiply-adds from the bias on, by rows of the kernel.
struct gd_depthwise_kernel {
    void (*compute_row)(const gd_depthwise_row *row);
};
