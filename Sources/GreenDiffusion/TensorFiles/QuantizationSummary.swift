import Codec
import Report

/// What `quantize` made: sizes and exact expected errors, of the whole file and of each tensor.
public struct QuantizationSummary: Encodable, Sendable, CustomStringConvertible {
    /// One tensor's part.
    public struct TensorLine: Encodable, Sendable {
        /// The tensor's name.
        public let name: String
        /// Bits a value.
        public let bits: Int
        /// Scales and codes.
        public let bytes: Int
        /// Exact expected squared error.
        public let errorExpected: Double
    }

    /// The frame that was written.
    public let path: String
    /// The whole frame.
    public let bytes: Int
    /// Values of all coded tensors.
    public let parameterCount: Int
    /// Bits of the whole frame over the number of values.
    public let bitsPerParameter: Double
    /// `errorExpected` over the squared norm of the values.
    public let errorRelative: Double
    /// Exact expected squared error of the whole file.
    public let errorExpected: Double
    /// Each coded tensor, in the file's order.
    public let tensors: [TensorLine]
    /// What the frame carries as it is.
    public let carried: CarriedSummary

    init(header: UpdateFrameHeader, path: String) {
        self.path = path
        bytes = header.frameBytes
        parameterCount = header.parameterCount
        bitsPerParameter = parameterCount == 0 ? 0 : Double(8 * bytes) / Double(parameterCount)
        (errorRelative, errorExpected) = (header.relativeError, header.expectedError)
        tensors = header.tensors.map {
            TensorLine(name: $0.name, bits: $0.bits, bytes: $0.codedBytes, errorExpected: $0.expectedError)
        }
        carried = CarriedSummary(header.carried)
    }

    /// The summary for people, with a line for each tensor.
    public var description: String {
        """
        \(path): \(Quantity.bytes(bytes)), \(Quantity.significant(bitsPerParameter)) bits a parameter \
        (\(Quantity.count(parameterCount)) parameters in \(tensors.count) tensors)
        expected error: relative \(Quantity.significant(errorRelative)), absolute \(Quantity.significant(errorExpected))
        """ + (carried.text.map { "\ncarried: \($0)" } ?? "")
    }
}
