import Codec
import GreenDiffusion
import Report

/// An update frame, verified: checksum, limits, every scale and code.
struct FrameReport: Inspected {
    struct TensorLine: Encodable {
        let name: String
        let shape: [Int]
        let bits: Int
        /// Scales and codes.
        let bytes: Int
        let errorExpected: Double
    }

    /// The error and size that the same values have at another width.
    struct TableLine: Encodable {
        let bits: Int
        let bytes: Int
        let errorExpected: Double
    }

    let kind = "frame"
    let path: String
    let version: Int
    let bytes: Int
    let codec: String
    let payload: String
    let parameterCount: Int
    let bitsPerParameter: Double
    let errorRelative: Double
    let errorExpected: Double
    /// False where the frame was made by `quantize`, outside any run.
    let belongsToRun: Bool
    let runID: String
    let round: Int
    let device: Int
    let table: [TableLine]
    let tensors: [TensorLine]
    let carried: CarriedSummary

    /// - Parameter path: of the frame's file, or what messages call a frame in memory.
    init(_ header: UpdateFrameHeader, path: String) {
        self.path = path
        (version, bytes, parameterCount) = (header.version, header.frameBytes, header.parameterCount)
        codec = "\(header.codec)"
        payload = "\(header.binding.payload)"
        bitsPerParameter = parameterCount == 0 ? 0 : Double(8 * bytes) / Double(parameterCount)
        (errorRelative, errorExpected) = (header.relativeError, header.expectedError)
        belongsToRun = header.binding != FrameBinding(payload: header.binding.payload)
        runID = String(header.binding.runID, radix: 16)
        (round, device) = (Int(header.binding.round), Int(header.binding.device))
        table = CodeWidths.all.map { bits in
            TableLine(
                bits: bits, bytes: header.table.codedBytes(bits: bits), errorExpected: header.table.expectedError(bits: bits))
        }
        tensors = header.tensors.map { tensor in
            TensorLine(
                name: tensor.name, shape: tensor.shape, bits: tensor.bits, bytes: tensor.codedBytes,
                errorExpected: tensor.expectedError)
        }
        carried = CarriedSummary(header.carried)
    }

    var lines: [(String, String)] {
        let widths = Set(tensors.map(\.bits)).sorted().map(String.init).joined(separator: ", ")
        return [
            ("frame", "\(path), version \(version), \(Quantity.bytes(bytes)), verified"),
            ("holds", "\(payload), \(Quantity.count(parameterCount)) parameters in \(tensors.count) tensors"),
        ] + (carried.text.map { [("carries", $0)] } ?? []) + [
            ("codes", "\(widths) bits (\(codec)), \(Quantity.significant(bitsPerParameter)) bits a parameter in all"),
            ("error", "relative \(Quantity.significant(errorRelative)), absolute \(Quantity.significant(errorExpected))"),
            ("run", belongsToRun ? "\(runID), round \(round), device \(device)" : "none: a frame of a file"),
        ]
            + table.map { line in
                ("D(\(line.bits))", "\(Quantity.significant(line.errorExpected)) in \(Quantity.bytes(line.bytes))")
            }
    }
}
