import Foundation

extension StepProfile: CustomStringConvertible {
    var description: String {
        let summary = String(
            format: "%@, %@, batch %d, %d threads: %.1f ms a step, %.1f ms an image, %.1f %% of it outside kernels", preset,
            precision, batch, threads,
            stepMilliseconds, stepMilliseconds / Double(batch), 100 * otherMilliseconds / stepMilliseconds)
        let limits =
            String(
                format: "limits: %.0f GFLOP/s of fused multiply-adds, copies at %.0f GB/s in memory and %.0f GB/s in the caches",
                ceilings.fmaGflops, ceilings.memoryCopyGbs, ceilings.cacheCopyGbs)
            + (ceilings.bf16Gflops.map { String(format: "; bfloat16 at %.0f GFLOP/s by %@", $0, bf16Unit ?? "") } ?? "")
        return
            ([machine.description, summary, limits, "", Self.header] + totals.map { line($0.kind, $0) }
            + ["", Self.header] + operations.map { line("\($0.operation) \($0.shape ?? "")", $0) }).joined(separator: "\n")
    }

    private static let header = cells(
        "operation", "calls", "ms", "share", "effective", "executed", "of peak", "GB/s", "of copy")

    private func line(_ title: String, _ row: Row) -> String {
        Self.cells(
            title, "\(row.calls)",
            String(format: "%.2f", row.milliseconds), String(format: "%.1f %%", 100 * row.milliseconds / stepMilliseconds),
            String(format: "%.1f", row.effectiveRate), String(format: "%.1f", row.executedRate),
            String(format: "%.0f %%", 100 * row.share(of: ceilings)), String(format: "%.1f", row.byteRate),
            String(format: "%.0f %%", 100 * row.byteRate / ceilings.memoryCopyGbs))
    }

    private static func cells(_ cells: String...) -> String {
        alignedRow(cells, widths: [56, 5, 9, 7, 9, 9, 7, 7, 8], separator: " ")
    }
}
