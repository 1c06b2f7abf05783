import CKernels

/// What multiplies bfloat16 on this machine: an instruction of the CPU, or multiply-adds of floats in its place.
package struct BFloat16Unit: Sendable, Equatable {
    /// As it is printed, e.g. `AMX`.
    package let name: String
    /// Whether other instructions stand in for those of another CPU: for tests alone.
    package let isEmulated: Bool

    /// Whether the CPU has an instruction for it.
    package let isInstruction: Bool

    private init(_ unit: gd_bf16_unit) {
        (name, isEmulated) = (String(cString: unit.name), unit.emulated != 0)
        isInstruction = unit.instruction != 0
    }

    /// The unit that runs what this thread begins: the best that the CPU has, or the one that was selected.
    package static var selected: BFloat16Unit { BFloat16Unit(gd_bf16_unit_selected().pointee) }

    /// All that this machine can run, best first, emulations last.
    package static var running: [BFloat16Unit] {
        (Int32(0)...).lazy.map { gd_bf16_unit_at($0) }.prefix { $0 != nil }.compactMap { $0?.pointee }
            .filter { $0.runs() != 0 }.map { BFloat16Unit($0) }
    }

    /// Runs what this thread begins from now on by `unit`, nil the best. For tests and benchmarks.
    package static func select(_ unit: BFloat16Unit?) { _ = gd_bf16_unit_select(unit?.name) }

    /// Whether products run in tiles, at many times the rate of multiply-adds.
    package var multipliesTiles: Bool { name.hasPrefix("AMX") }
}
