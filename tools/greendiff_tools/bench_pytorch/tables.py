"""What is printed of the results: lines while it runs, a summary behind it, tables in Markdown."""

import math
import statistics

from ..markdown import paragraph, table
from . import problems
from .cases import BATCH, MODEL
from .problems import slot

HEADER = f"{'case':42} thr {'ours ms':>10} {'pytorch ms':>10}  {'ours':8} {'pytorch':28} {'ratio':>6} {'of min':>6} samples"


def comparison_line(record):
    ours, peer = record["ours"], record["pytorch"]
    line = (
        f"{record['case']:42} {record['threads']:3} {ours['median_ms']:10.3f} {peer['median_ms']:10.3f}  "
        f"{ours['precision']:8} {slot(peer):28} "
        f"{record['ratio_median']:5.2f}x {record['ratio_min']:5.2f}x {ours['samples']:4}")
    if "compiled" in record:
        line += f"  compiled {record['compiled']['median_ms']:.1f} ms, {record['ratio_compiled']:.2f}x"
    if record.get("idle_wait_seconds", 0) > 1:
        line += f"  waited {record['idle_wait_seconds']:.0f} s"
    return line


def memory_line(record):
    return (
        f"{record['case']:42} peak {megabytes(record['ours']['peak_bytes'])} against "
        f"{megabytes(record['pytorch']['peak_bytes'])} MB: {record['ratio_peak']:.2f}; without the run time "
        f"{megabytes(record['ours']['work_bytes'])} against {megabytes(record['pytorch']['work_bytes'])} MB: "
        f"{record['ratio_work']:.2f}")


def megabytes(count):
    return f"{count / 1e6:.0f}"


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def batch_of(record):
    match = BATCH.search(record["case"])
    return int(match[0]) if match else None


def terminal_summary(results):
    document = results.document
    lines = ["", "layers: geometric mean of the ratios of medians"]
    lines += [f"  {row[0]:28} batch {row[1]:2}, {row[2]} threads: {row[3]:.2f}x of {row[4]} shapes"
              for row in layer_means(results.comparisons)]
    lines.append("two threads over one: ours / PyTorch")
    lines += [f"  {case:42} {ours:.2f}x / {peer:.2f}x" for case, ours, peer in thread_scaling(results.comparisons)]
    lines += ["", *(memory_line(record) for record in results.memory)]
    lines.append(
        f"{document['seconds'] / 60:.1f} min, of which {document['idle_wait_seconds']:.0f} s waited for an idle machine; "
        f"{document['discarded_samples']} disturbed samples taken again")
    return "\n".join(lines)


def layer_kind(record):
    problem = problems.Problem(record["case"])
    return f"{problem.kind} {problem.action}"


def layer_means(comparisons):
    """Kind, batch, threads, geometric mean of the ratios and number of shapes, in the order of measurement."""
    groups = {}
    for record in comparisons:
        if batch_of(record) is None or not problems.is_layer(record["case"]):
            continue
        if record["case"].startswith("linear/"):
            continue  # Its rows are pixels or images: it has no batch of its own.
        groups.setdefault((layer_kind(record), batch_of(record), record["threads"]), []).append(record["ratio_median"])
    return [(*key, geometric_mean(ratios), len(ratios)) for key, ratios in groups.items()]


def thread_scaling(comparisons):
    """Whole steps: time on one thread over time on two, for both sides."""
    times = {(r["case"], r["threads"]): r for r in comparisons if problems.is_whole(r["case"])}
    rows = []
    for (case, threads), record in times.items():
        if threads == 2 and (case, 1) in times:
            single = times[case, 1]
            rows.append((case, *(single[side]["median_ms"] / record[side]["median_ms"] for side in ("ours", "pytorch"))))
    return rows


# Markdown


def whole_steps_table(results):
    compiled = any("compiled" in record for record in results.comparisons)
    mixed = not results.is_float32
    header = ["case", "threads", "ours, ms/image", "PyTorch, ms/image", "ratio", "ratio of minima"]
    header += ["ours in", "PyTorch's fastest"] * mixed
    rows = []
    for record in results.comparisons:
        if not problems.is_whole(record["case"]):
            continue
        images = record["images"]
        row = [f"`{record['case']}`", record["threads"]]
        row += [f"{record[side]['median_ms'] / images:.3g}" for side in ("ours", "pytorch")]
        row += [f"**{record['ratio_median']:.2f}**", f"{record['ratio_min']:.2f}"]
        row += [record["ours"]["precision"], slot(record["pytorch"])] if mixed else []
        if compiled:
            row.append(f"{record['ratio_compiled']:.2f}" if "compiled" in record else "")
        rows.append(row)
    return table(header + ["ratio to torch.compile"] * compiled, rows)


def memory_table(results):
    header = ["case", "ours, MB", "PyTorch, MB", "share", "without run time: ours, MB", "PyTorch, MB", "share"]
    rows = [
        [f"`{record['case']}`", *(megabytes(record[side]["peak_bytes"]) for side in ("ours", "pytorch")),
         f"**{record['ratio_peak']:.2f}**", *(megabytes(record[side]["work_bytes"]) for side in ("ours", "pytorch")),
         f"{record['ratio_work']:.2f}"]
        for record in results.memory]
    return table(header, rows)


def scaling_table(results):
    rows = [[f"`{case}`", f"**{ours:.2f}**", f"{peer:.2f}"] for case, ours, peer in thread_scaling(results.comparisons)]
    return table(["case", "ours, 2 threads over 1", "PyTorch"], rows)


def layer_table(results, batch, threads):
    """A row a shape, a column a pass: milliseconds of ours and PyTorch, and their ratio."""
    passes = ["fwd", "dgrad", "wgrad", "bwd"]
    shapes = {}
    for record in results.comparisons:
        if record["threads"] != threads or not problems.is_layer(record["case"]) or not of_batch(record, batch):
            continue
        problem = problems.Problem(record["case"])
        shape = record["case"].replace(f"/{problem.action}/", " ")
        shapes.setdefault(shape, {})[problem.action] = record
    rows = []
    for shape, records in shapes.items():
        cells = [
            f"{r['ours']['median_ms']:.3g} / {r['pytorch']['median_ms']:.3g}: **{r['ratio_median']:.2f}**" if r else ""
            for r in (records.get(name) for name in passes)]
        rows.append([f"`{shape}`", max(r.get("calls_per_step", 1) for r in records.values()), *cells])
    return table(["shape", "a step", "forward", "data gradient", "weight gradient", "backward"], rows)


def of_batch(record, batch):
    """Whether a layer belongs to a step on `batch` images; a dense layer's rows may be pixels."""
    count = batch_of(record)
    if record["case"].startswith("linear/"):
        return count in (batch, 256 * batch, 16 * batch)
    return count == batch


def means_table(results, threads):
    """The layers of all batches in brief: geometric means of the ratios by kind and pass."""
    means = {
        (kind, batch): mean for kind, batch, count, mean, _ in layer_means(results.comparisons) if count == threads}
    batches = sorted({batch for _, batch in means})
    kinds = list(dict.fromkeys(kind for kind, _ in means))
    rows = [[kind, *(f"{means[kind, batch]:.2f}" if (kind, batch) in means else "" for batch in batches)] for kind in kinds]
    return table(["layers", *(f"batch {batch}" for batch in batches)], rows)


def markdown(results):
    """All tables of a result file, with what they were measured on."""
    document = results.document
    threads = max((record["threads"] for record in results.comparisons), default=1)
    scaling, memory = scaling_table(results), memory_table(results)
    layers = [
        f"Layers of `{MODEL}` at batch 8 on {threads} threads, milliseconds of ours / PyTorch:", layer_table(results, 8, threads)]
    parts = [
        paragraph(
            f"{document['machine']['cpu']}, {document['machine']['processors']} processors, PyTorch {document['pytorch']}, "
            f"commit {document['commit']}, {document['started'][:10]}. One run of {document['seconds'] / 60:.0f} minutes; it "
            f"waited {document['idle_wait_seconds']:.0f} s for an idle machine and took {document['discarded_samples']} "
            "disturbed samples again."),
        whole_steps_table(results),
        *(["Time on one thread over time on two:", scaling] if scaling else []),
        *(["Peak memory of two steps:", memory] if memory else []),
        *(layers if results.is_float32 else []),
        f"Geometric means over the shapes of a kind, {threads} threads:", means_table(results, threads),
    ]
    return "\n\n".join(parts) + "\n"
