import GreenDiffusion

/// Any text as a file of settings: refused in one short line, or settings that are written and read back as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard let text = String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) else { return 0 }
    var configuration = RunConfiguration()
    do throws(ConfigurationError) { try configuration.override(fromYAML: text, path: "run.yaml") } catch {
        if "\(error)".utf8.count > 4096 { fatalError("a message of \("\(error)".utf8.count) bytes") }
        return 0
    }
    guard let written = try? configuration.yaml() else { fatalError("settings that cannot be written") }
    var again = RunConfiguration()
    do throws(ConfigurationError) { try again.override(fromYAML: written, path: "config.yaml") } catch {
        fatalError("our own settings are refused: \(error)\n\(written)")
    }
    if again != configuration { fatalError("other settings came back from\n\(written)") }
    return 0
}
