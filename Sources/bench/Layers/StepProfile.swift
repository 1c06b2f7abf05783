import Kernels

/// Where a training step's time goes, and what the machine could do at that moment.
struct StepProfile: Encodable {
    /// Rates measured right beside the steps.
    struct Ceilings: Encodable {
        let fmaGflops: Double
        /// Of products of bfloat16; nil where the step has none.
        let bf16Gflops: Double?
        /// Of a copy too large for the caches, read and written bytes counted.
        let memoryCopyGbs: Double
        /// Of copies that stay within the second-level caches.
        let cacheCopyGbs: Double

        static func measure(_ precision: Precision, threads: Int) -> Ceilings {
            Ceilings(
                fmaGflops: bench.Ceilings.fusedMultiplyAdd(threads: threads) / 1e9,
                bf16Gflops: precision == .float32 ? nil : bench.Ceilings.bfloat16Products(threads: threads) / 1e9,
                memoryCopyGbs: bench.Ceilings.copy(bytes: 1 << 27, threads: threads) / 1e9,
                cacheCopyGbs: bench.Ceilings.cacheCopy(threads: threads) / 1e9)
        }
    }

    struct Row: Encodable {
        let operation: String
        /// The operation, and for convolutions kernel and stride.
        let kind: String
        /// Nil where a row stands for all shapes.
        let shape: String?
        let calls: Int
        let milliseconds: Double
        let nominalGflop: Double
        let executedGflop: Double
        /// Those of the executed ones in products of bfloat16.
        let bf16Gflop: Double
        let gigabytes: Double

        /// Textbook GFLOP/s.
        var effectiveRate: Double { nominalGflop / milliseconds * 1e3 }
        var executedRate: Double { executedGflop / milliseconds * 1e3 }
        /// GB/s of what must be read or written once.
        var byteRate: Double { gigabytes / milliseconds * 1e3 }

        /// The share of the arithmetic's limits that the row reaches: the time that it would take at them over the time that it takes.
        func share(of ceilings: Ceilings) -> Double {
            let bf16Rate = max(ceilings.fmaGflops, ceilings.bf16Gflops ?? 0)
            return ((executedGflop - bf16Gflop) / ceilings.fmaGflops + bf16Gflop / bf16Rate) / milliseconds * 1e3
        }

        /// Two rows of a kind together.
        static func + (first: Row, second: Row) -> Row {
            Row(
                operation: first.operation, kind: first.kind, shape: nil, calls: first.calls + second.calls,
                milliseconds: first.milliseconds + second.milliseconds, nominalGflop: first.nominalGflop + second.nominalGflop,
                executedGflop: first.executedGflop + second.executedGflop,
                bf16Gflop: first.bf16Gflop + second.bf16Gflop, gigabytes: first.gigabytes + second.gigabytes)
        }
    }

    let machine: Machine
    let preset: String
    let precision: String
    /// What multiplies bfloat16; nil where nothing does.
    let bf16Unit: String?
    let batch: Int
    let threads: Int
    let ceilings: Ceilings
    let stepMilliseconds: Double
    /// Slowest first.
    let operations: [Row]

    init(
        _ recorded: RecordedStep, preset: String, precision: Precision, batch: Int, threads: Int, ceilings: Ceilings,
        machine: Machine
    ) {
        (self.preset, self.precision, self.batch, self.threads) = (preset, precision.rawValue, batch, threads)
        bf16Unit = precision == .float32 ? nil : BFloat16Unit.selected.name
        (self.ceilings, self.machine) = (ceilings, machine)
        stepMilliseconds = recorded.seconds * 1e3
        operations = recorded.profile.entries.map { entry in
            Row(
                operation: entry.operation.name, kind: entry.operation.kind, shape: "\(entry.operation.shape)",
                calls: entry.count.calls, milliseconds: Double(entry.nanoseconds) / 1e6,
                nominalGflop: Double(entry.count.nominalFLOPs) / 1e9, executedGflop: Double(entry.count.executedFLOPs) / 1e9,
                bf16Gflop: Double(entry.count.bfloat16FLOPs) / 1e9,
                gigabytes: Double(entry.count.bytes) / 1e9)
        }.sorted { $0.milliseconds > $1.milliseconds }
    }

    /// The operations of a kind with all their shapes together, slowest first.
    var totals: [Row] {
        var rows: [String: Row] = [:]
        for row in operations { rows[row.kind] = rows[row.kind].map { $0 + row } ?? row }
        return rows.values.sorted { $0.milliseconds > $1.milliseconds }
    }

    /// Time of the step outside all kernels.
    var otherMilliseconds: Double { stepMilliseconds - operations.reduce(0) { $0 + $1.milliseconds } }
}

extension Profile.Operation {
    fileprivate var kind: String {
        guard let geometry = shape as? Conv2DGeometry else { return name }
        return "\(name) \(geometry.kernelHeight)x\(geometry.kernelWidth)"
            + (geometry.stride == 1 ? "" : " stride \(geometry.stride)")
            + (geometry.upsample == 1 ? "" : " upsampled")
    }
}
