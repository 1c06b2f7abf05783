import CKernels

/// Which vector instructions the kernels run on.
public enum InstructionSet {
    /// Name of the set in use: `AVX-512`, `AVX2`, `NEON` or `portable`.
    public static var selectedName: String { String(cString: gd_simd_selected().pointee.name) }
}
