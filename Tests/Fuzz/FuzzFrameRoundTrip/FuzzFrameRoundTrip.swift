import Codec
import Kernels

/// Any bytes as an update and a way to code it: what is encoded must verify, say what was asked, and decode within its levels.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrameRoundTrip(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = Input(bytes: UnsafeBufferPointer(start: start, count: count))
    let quantizer = input.quantizer()
    let choice = input.byte()
    let seed = UInt64(input.byte())
    let (layout, values) = input.update()
    guard let table = try? ErrorTable(values, layout: layout, quantizer: quantizer, threads: 1) else { return 0 }
    guard let coding = coding(choice, of: table, values: values) else { return 0 }
    let binding = FrameBinding()
    let bytes = UpdateFrame.encode(values, as: coding, binding: binding, seed: seed, threads: 1)
    let again = UpdateFrame.encode(values, as: coding, binding: binding, seed: seed, threads: 2)
    require(again == bytes, "threads change bytes")
    let frame: UpdateFrame
    do { frame = try UpdateFrame(bytes, limits: FrameLimits(expecting: layout), threads: 1) } catch {
        fatalError("our own frame is refused: \(error)")
    }
    require(frame.header.layout == layout && frame.header.binding == binding, "the header says something else")
    require(frame.header.frameBytes == bytes.count, "the header says another length")
    let (said, asked) = (frame.header.expectedError, coding.expectedError)
    require(abs(said - asked) <= 1e-6 * asked, "the header says an error of \(said), the coding \(asked)")
    if let predicted = coding.frameBytes { require(predicted == bytes.count, "\(bytes.count) bytes, not \(predicted)") }
    let decoded = Tensor(shape: [values.count])
    frame.decode(into: decoded, threads: 1)
    for index in 0..<values.count {
        require(decoded[index].isFinite, "element \(index): \(values[index]) became \(decoded[index])")
        if choice % 16 == 0 { require(decoded[index] == values[index], "exact values changed") }
    }
    return 0
}

/// Ends the process with a message, which a precondition of a release build does not print.
private func require(_ holds: Bool, _ message: @autoclosure () -> String) { if !holds { fatalError(message()) } }

/// A width, exact values, or the fewest bytes for a demand.
private func coding(_ choice: UInt8, of table: ErrorTable, values: Tensor) -> UpdateCoding? {
    switch choice % 16 {
    case 0: table.exactCoding
    case 1..<8: try? table.coding(bits: 2 + Int(choice % 16) - 1)
    default:
        try? table.coding(
            meeting: .relative(1 / Double(1 << (choice % 16))), accepted: CodeWidths.all, values: values, threads: 1)
    }
}

/// Bytes, taken from the front; zeros where there are no more.
private struct Input {
    let bytes: UnsafeBufferPointer<UInt8>
    var next = 0

    mutating func byte() -> UInt8 {
        defer { next += 1 }
        return next < bytes.count ? bytes[next] : 0
    }

    mutating func quantizer() -> Quantizer {
        let choice = byte()
        let groupSize = [0, 1, 7, 64, 256][Int(byte()) % 5]
        return switch choice % 4 {
        case 0: .levels(.paper, groupSize: groupSize)
        case 1: .levels(.zero, groupSize: groupSize)
        case 2: .lattice(.dithered)
        default: .lattice(.stochastic)
        }
    }

    /// One to four tensors; each element is a byte of sign and magnitude, times a power of two of its tensor.
    mutating func update() -> (ParameterLayout, Tensor) {
        let counts = (0..<(1 + Int(byte()) % 4)).map { _ in 1 + 3 * Int(byte()) }
        let layout = ParameterLayout(counts.enumerated().map { ("tensor\($0.offset)", [$0.element]) })
        let values = Tensor(shape: [layout.parameterCount])
        for entry in layout.entries {
            let scale = Float(sign: .plus, exponent: Int(Int8(bitPattern: byte())), significand: 1)
            for index in entry.offset..<(entry.offset + entry.count) {
                values[index] = Float(Int8(bitPattern: byte())) * scale
            }
        }
        return (layout, values)
    }
}
