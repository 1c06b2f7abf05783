import CKernels

extension gd_levels {
    init(_ scale: GroupScale) { self.init(offset: scale.offset, step: scale.step) }
}

extension gd_elements {
    init(_ elements: Range<Int>) { self.init(first: Int64(elements.lowerBound), count: Int64(elements.count)) }
}

/// Calls `body` with a tensor's scales as the kernels take them, valid during the call.
func withLevelCodes(
    _ scales: [GroupScale], _ geometry: GroupGeometry, _ format: CodeFormat, _ body: (gd_level_codes) -> Void
) {
    precondition(scales.count == geometry.groupCount, "one scale a group")
    scales.withUnsafeBufferPointer { scales in
        // SAFETY: both types are an offset and a step in float32.
        scales.withMemoryRebound(to: gd_levels.self) { levels in
            body(
                gd_level_codes(
                    levels: levels.baseAddress, group_size: Int64(geometry.groupSize), shift: Int32(format.levelShift),
                    bits: Int32(format.bits)))
        }
    }
}
