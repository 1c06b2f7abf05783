import DevicePlanning
import Foundation

/// A byte for the format, then any bytes as a device file: refused with a typed error, or every device of it is planned to finite numbers.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDeviceFile(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let formats = DeviceFileFormat.allCases
    var options = PlanJob.Options()
    options.inputFormat = formats[Int(start[0]) % formats.count]
    options.skipInvalid = true
    options.timeBudget = start[0] & 64 == 0 ? .asGiven : .automatic
    options.totalBandwidthHertz = start[0] & 128 == 0 ? nil : 5e7
    options.format = .json
    guard ftruncate(file, 0) == 0, pwrite(file, start + 1, count - 1, 0) == count - 1 else { fatalError("no room for the input") }
    var text: [UInt8] = []
    do {
        try PlanJob(path: "/proc/self/fd/\(file)", options: options).run(write: { text += copy $0 })
    } catch {
        if "\(error)".utf8.count > 4096 { fatalError("a message of \("\(error)".utf8.count) bytes") }
        return 0
    }
    guard (try? JSONSerialization.jsonObject(with: Data(text))) != nil else {
        fatalError("no JSON: \(String(decoding: text, as: UTF8.self))")
    }
    return 0
}

/// A file without a name that holds one input after another.
private let file: Int32 = tmpfile().map { fileno($0) } ?? -1
