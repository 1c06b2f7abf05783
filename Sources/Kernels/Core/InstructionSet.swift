import CKernels

/// Which vector instructions the kernels run on.
public enum InstructionSet {
    /// Name of the set in use: `AVX-512`, `AVX2`, `NEON` or `portable`.
    public static var selectedName: String { String(cString: gd_simd_selected().pointee.name) }

    /// The kernels of the set in use that code values, and those that find out about values before they are coded.
    @inline(__always) static var codes: gd_code_kernels { gd_simd_selected().pointee.codes.pointee }
    @inline(__always) static var statistics: gd_statistics_kernels { gd_simd_selected().pointee.statistics.pointee }
}
