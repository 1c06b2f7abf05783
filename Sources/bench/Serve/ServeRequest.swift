import Foundation

/// What the program at the other end asks for.
enum ServeRequest: Equatable {
    /// Allocates a case under the name `slot`; `verify` also compares it with its reference.
    case prepare(slot: String, problem: String, threads: Int, verify: Bool)
    /// Runs a prepared case so many times.
    case run(slot: String, calls: Int)
    /// Frees a prepared case.
    case release(slot: String)
    /// Tells the memory of this process.
    case memory
    /// Tells the rates of fused multiply-adds and copies at this moment.
    case speed(threads: Int)

    /// The request in a line of JSON.
    init(parsing line: String) throws(ServeError) {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(line.utf8))
        } catch { throw .malformed(line) }
        switch fields.request {
        case "prepare":
            self = .prepare(
                slot: try fields.slot.required("slot"), problem: try fields.case.required("case"),
                threads: try fields.validThreads(), verify: fields.verify ?? false)
        case "run":
            let calls = try fields.calls.required("calls")
            guard (1...1_000_000).contains(calls) else { throw .outOfRange("calls", calls) }
            self = .run(slot: try fields.slot.required("slot"), calls: calls)
        case "release": self = .release(slot: try fields.slot.required("slot"))
        case "memory": self = .memory
        case "speed": self = .speed(threads: try fields.validThreads())
        default: throw .malformed(line)
        }
    }

    private struct Fields: Decodable {
        let request: String
        let slot: String?
        let `case`: String?
        let threads: Int?
        let calls: Int?
        let verify: Bool?

        func validThreads() throws(ServeError) -> Int {
            let threads = try threads.required("threads")
            guard (1...1024).contains(threads) else { throw .outOfRange("threads", threads) }
            return threads
        }
    }
}

extension Optional {
    fileprivate func required(_ name: String) throws(ServeError) -> Wrapped {
        guard let self else { throw .missing(name) }
        return self
    }
}

/// A request that cannot be answered.
enum ServeError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case missing(String)
    case outOfRange(String, Int)
    case unknownSlot(String)

    var description: String {
        switch self {
        case .malformed(let line): "\(line) is no request; bench serve --help shows all"
        case .missing(let field): "the request has no \(field)"
        case .outOfRange(let field, let value): "\(field) is \(value); it must be positive and not absurdly large"
        case .unknownSlot(let slot): "nothing is prepared as \(slot)"
        }
    }
}

/// The answer to a request; fields without a meaning for it are absent.
struct ServeAnswer: Encodable, Equatable {
    var images: Int?
    var nominalFlops: Int?
    var executedFlops: Int?
    var bytes: Int?
    /// Wall time of all calls together.
    var seconds: Double?
    /// Processor time of all threads.
    var cpuSeconds: Double?
    var flopsPerSecond: Double?
    var bytesPerSecond: Double?
    var residentBytes: Int?
    var peakBytes: Int?
    var error: String?
}
