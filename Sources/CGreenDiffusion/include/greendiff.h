/*
 * libgreendiff: federated training of diffusion models for programs in other languages.
 *
 * Handles are opaque, made by a function that ends in _open and released by the one that ends in _free, which takes NULL,
 * too. Different handles may be used by different threads at once; calls on one handle wait for each other.
 *
 * Functions that can fail return a status. Where it is not GREENDIFF_OK, `*error`, if `error` is not NULL, says what was
 * wrong, its limit and the way out, in one line; release it with greendiff_error_free. Results are only set on success.
 *
 * Bytes that a function returns belong to the caller: greendiff_bytes_free. Texts are UTF-8 with their length, no NUL at
 * the end is needed. JSON has the names of the program's records; numbers come back as they went.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised where a function, or the meaning of its arguments, changes; additions do not raise it. */
#define GREENDIFF_ABI_VERSION 1

typedef int32_t greendiff_status;
enum {
    GREENDIFF_OK = 0,
    /* NULL where something must be, or a number outside its range. */
    GREENDIFF_BAD_ARGUMENT = 1,
    /* A setting that is not one, has no such value, or does not go with another. */
    GREENDIFF_BAD_SETTING = 2,
    /* A file or folder, or its bytes, missing, damaged or not to be written; images, devices or tensors that cannot be used. */
    GREENDIFF_BAD_FILE = 3,
    /* A message or frame that is damaged, of another round, late, or not allowed. Nothing has changed. */
    GREENDIFF_REJECTED = 4,
    /* A run that cannot go on: training diverged, or no device could send anything. */
    GREENDIFF_RUN_FAILED = 5,
    /* Anything else. */
    GREENDIFF_FAILED = 6,
};

typedef struct greendiff_error greendiff_error;
/* One line. Lives as long as the error. */
const char *greendiff_error_message(const greendiff_error *error);
void greendiff_error_free(greendiff_error *error);

typedef struct greendiff_bytes greendiff_bytes;
const uint8_t *greendiff_bytes_data(const greendiff_bytes *bytes);
size_t greendiff_bytes_size(const greendiff_bytes *bytes);
void greendiff_bytes_free(greendiff_bytes *bytes);

/* Of the library, e.g. "0.1.0"; lives for ever. */
const char *greendiff_version(void);
/* GREENDIFF_ABI_VERSION of the library that is loaded. */
int32_t greendiff_abi_version(void);
/* Whether the library has a part: "run", "device", "plan", "codec", "average", "evaluate". Unknown names: false. */
bool greendiff_has_feature(const char *name);

/*
 * A run: the server's side. Its folder is that of `greendiff train`, with the same records, checkpoints and report.
 */
typedef struct greendiff_run greendiff_run;

/*
 * Begins a run in `folder` with settings, the lines of a configuration file (`name: value`), or takes up the run that the
 * folder holds after its last finished round: `settings` may then name what may change.
 */
greendiff_status greendiff_run_open(
    const char *folder, const char *settings, size_t settings_size, greendiff_run **run, greendiff_error **error);
void greendiff_run_free(greendiff_run *run);

/* Rounds that are done, and of the whole run. */
greendiff_status greendiff_run_rounds(
    greendiff_run *run, int32_t *completed, int32_t *total, greendiff_error **error);

/*
 * Opens the next round. `*assignments` is a JSON list, one object for each device that has a plan: field `device.id` says
 * whose it is; send it there as it is. `*global` is what all of them start from: float32 values, little-endian, in the order
 * of the checkpoint.
 */
greendiff_status greendiff_run_begin(
    greendiff_run *run, greendiff_bytes **assignments, greendiff_bytes **global, greendiff_error **error);

/*
 * Takes what greendiff_device_answer gave on `device`; `frame` is NULL where it gave none. A device whose frame was rejected
 * may send again until the round ends.
 */
greendiff_status greendiff_run_take(
    greendiff_run *run, int32_t device, const uint8_t *answer, size_t answer_size, const uint8_t *frame, size_t frame_size,
    greendiff_error **error);

/* Ends a device's part in the round: it is lost, or comes too late (`is_late`). */
greendiff_status greendiff_run_close(
    greendiff_run *run, int32_t device, bool is_late, const char *reason, greendiff_error **error);

/*
 * Ends the round: averages the frames that came, evaluates, saves, draws. `*record` is the round's line of rounds.jsonl.
 * Devices that have not answered count as dropped.
 */
greendiff_status greendiff_run_end(greendiff_run *run, greendiff_bytes **record, greendiff_error **error);

/* Writes model/, summary and report: after the last round, or wherever the run stops. */
greendiff_status greendiff_run_finish(greendiff_run *run, greendiff_error **error);

/*
 * A device of a run: it has the run's settings and its own images, and answers the server's assignments.
 */
typedef struct greendiff_device greendiff_device;

/*
 * With `partition: own`, setting `data` names the device's images; else those of the run, of which it takes its share.
 * `folder` keeps, between rounds, what quantization left out: runs with `error-feedback` need it, for others it may be NULL.
 */
greendiff_status greendiff_device_open(
    const char *settings, size_t settings_size, int32_t device, const char *folder, greendiff_device **handle,
    greendiff_error **error);
void greendiff_device_free(greendiff_device *device);

/* How many images it trains on: with `partition: own:N,N,...` the server's settings list them, device by device. */
greendiff_status greendiff_device_images(greendiff_device *device, int64_t *count, greendiff_error **error);

/*
 * Trains as `assignment` asks, from the weights `global`, quantizes and codes the update. `*answer` is JSON, `*frame` what is
 * sent, NULL where the device sends nothing: the answer says why.
 */
greendiff_status greendiff_device_answer(
    greendiff_device *device, const uint8_t *assignment, size_t assignment_size, const uint8_t *global, size_t global_size,
    greendiff_bytes **answer, greendiff_bytes **frame, greendiff_error **error);

/*
 * Single steps of a run. `options` is a JSON object with the names of the program's flags, underscores for dashes
 * (`{"grid": "zero", "group_size": 256}`), or NULL with size 0; an option that a function does not have is refused by its
 * name. All of these functions take `threads`, which changes no result.
 */

/*
 * The plan of least energy for each device, as `greendiff plan` writes it: `devices` is a JSON array, one JSON object a line,
 * or CSV. Options: `time_budget` (seconds or "auto"), `total_bandwidth`, `solver`, `tolerance`, `equations`, `energy_model`,
 * `skip_invalid`,
 * `input_format`, `format` ("json" where it is missing, "ndjson", "csv", "table").
 * `*notes`, if `notes` is not NULL, are lines about devices that were skipped, or whose power tables were sorted or may be mistakes.
 */
greendiff_status greendiff_plan(
    const uint8_t *devices, size_t devices_size, const char *options, size_t options_size, greendiff_bytes **plans,
    greendiff_bytes **notes, greendiff_error **error);

/*
 * The update frame of a safetensors file's bytes, as `greendiff quantize` makes it. Options: `bits`, or instead of it
 * `error_relative`, `error_absolute` or `bytes`; `grid`, `rounding`, `group_size`, `seed`. `*summary`, if `summary` is not
 * NULL, is what `quantize --json` prints, with "frame" as `path`.
 */
greendiff_status greendiff_quantize(
    const uint8_t *tensors, size_t tensors_size, const char *options, size_t options_size, greendiff_bytes **frame,
    greendiff_bytes **summary, greendiff_error **error);

/*
 * The bytes of the safetensors file that `greendiff dequantize` makes of a frame, which is verified whole first.
 * `max_unpacked`: bytes that it may unpack to, 1 GiB where it is missing.
 */
greendiff_status greendiff_dequantize(
    const uint8_t *frame, size_t frame_size, const char *options, size_t options_size, greendiff_bytes **tensors,
    greendiff_error **error);

/*
 * What `greendiff inspect --json` prints of a frame, or of a safetensors file's bytes, with "bytes" as `path`: all of it is
 * read and verified. Option: `max_unpacked`.
 */
greendiff_status greendiff_inspect(
    const uint8_t *frame, size_t frame_size, const char *options, size_t options_size, greendiff_bytes **report,
    greendiff_error **error);

/*
 * The weighted mean of frames that hold the same tensors. Memory: 8 bytes a value and the largest tensor, however many
 * frames. Option: `max_unpacked`, of one frame.
 */
typedef struct greendiff_average greendiff_average;

greendiff_status greendiff_average_open(
    const char *options, size_t options_size, greendiff_average **average, greendiff_error **error);
void greendiff_average_free(greendiff_average *average);

/*
 * Adds a frame, whole or not at all; `weight` is 1e-12 to 1e12, such as the device's images. A frame that holds other tensors
 * than the first, or changes where that holds weights, is refused with their names: GREENDIFF_BAD_FILE.
 */
greendiff_status greendiff_average_add(
    greendiff_average *average, const uint8_t *frame, size_t frame_size, double weight, greendiff_error **error);

/*
 * The mean of what has been added as the bytes of a safetensors file; what frames carry as it is is the first one's. More may
 * be added afterwards.
 */
greendiff_status greendiff_average_finish(
    greendiff_average *average, greendiff_bytes **tensors, greendiff_error **error);

/*
 * What `greendiff evaluate --json` prints: how far images are from others. Options: `reference`, and `samples` or
 * `checkpoint`; `features`, `count`, `seed`, `statistics`, `write_features`; with a checkpoint `sampler`, `steps`, `spacing`,
 * `karras`, `dynamic_thresholding`, `class`, `guidance`. They name folders, files and data sets as the flags do.
 */
greendiff_status greendiff_evaluate(
    const char *options, size_t options_size, greendiff_bytes **report, greendiff_error **error);

#ifdef __cplusplus
}
#endif
