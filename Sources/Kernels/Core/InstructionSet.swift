import CKernels

/// Which vector instructions the kernels run on.
package enum InstructionSet {
    /// Name of the set in use: `AVX-512`, `AVX2`, `NEON` or `portable`.
    package static var selectedName: String { String(cString: gd_simd_selected().pointee.name) }

    /// The kernels of the selected set that code values, and those that compute statistics of values before they are coded.
    @inline(__always) static var codes: gd_code_kernels { gd_simd_selected().pointee.codes.pointee }
    @inline(__always) static var statistics: gd_statistics_kernels { gd_simd_selected().pointee.statistics.pointee }
}
