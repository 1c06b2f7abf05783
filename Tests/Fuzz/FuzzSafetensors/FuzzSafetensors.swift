import Model
import Storage

/// Any bytes as the header of a safetensors file: refused with a typed error, or tensors that lie side by side in the data section. And as
/// a JSON text: what is accepted and holds only finite numbers is written as a text that says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    readHeader(input)
    readJSON(input)
    return 0
}

/// The first byte is the length of the data section.
private func readHeader(_ input: [UInt8]) {
    guard let dataBytes = input.first.map(Int.init) else { return }
    let text = Array(input.dropFirst())
    guard let header = try? SafetensorsHeader(parsing: text, dataBytes: dataBytes, path: "input") else { return }
    var end = 0
    var names: Set<UTF8Name> = []
    for entry in header.entries {
        require(entry.bytes.lowerBound == end, "\(entry.name) begins at \(entry.bytes.lowerBound), not \(end)")
        require(entry.count * entry.type.bits == 8 * entry.bytes.count, "\(entry.name) has not the bytes of its elements")
        require(names.insert(UTF8Name(entry.name)).inserted, "\(entry.name) is there twice")
        end = entry.bytes.upperBound
    }
    require(end == dataBytes, "the tensors have \(end) bytes of \(dataBytes)")
}

private func readJSON(_ input: [UInt8]) {
    guard let value = try? JSONValue(parsing: input), isFinite(value) else { return }
    guard let again = try? JSONValue(parsing: Array(value.compactText.utf8)) else { fatalError("our own text is refused") }
    require(again.isSame(as: value) || value.compactText == again.compactText, "the text says something else")
}

private func isFinite(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.isFinite
    case .array(let values): values.allSatisfy(isFinite)
    case .object(let fields): fields.values.allSatisfy(isFinite)
    default: true
    }
}

/// Ends the process with a message, which a precondition of a release build does not print.
private func require(_ holds: Bool, _ message: @autoclosure () -> String) { if !holds { fatalError(message()) } }
