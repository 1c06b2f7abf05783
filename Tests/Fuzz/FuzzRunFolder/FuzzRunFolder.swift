import Foundation
import GreenDiffusion
import Studies

/// A byte for the file, then any bytes in its place in the folder of a run: inspected, reported, compared and resumed, each of which refuses
/// it in one line, or comes to an end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRunFolder(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let (run, file) = places[Int(start[0]) % places.count]
    run.write(Data(bytes: start + 1, count: count - 1), to: file)
    check {
        let inspection = try Inspection(run.path, threads: 1)
        _ = try JSONEncoder().encode(inspection)
        return inspection.description
    }
    check { try RunPage.html(runs: [run.path]) }
    if run.kind == .federated { check { try ParetoStudy(runs: [run.path, run.path], targetLoss: nil).write(to: run.path) } }
    // What settings name could be any file of this machine.
    if !file.hasSuffix(".yaml"), file != "pretraining.json" { check { try run.resume() } }
    run.restore()
    return 0
}

/// Ends the process where an error is no line for people.
private func check(_ work: () throws -> String) {
    do { _ = try work() } catch {
        let message = "\(error)"
        guard (1...4096).contains(message.utf8.count), !message.contains("\n") else { fatalError("a message: \(message)") }
    }
}

/// A run with the name of a file in it.
private let places: [(run: RunTemplate, file: String)] = {
    let runs = [RunKind.federated, .pretraining].flatMap { kind in
        [false, true].map { RunTemplate(kind, ofEarlierVersion: $0) }
    }
    return runs.flatMap { run in run.textFiles.map { (run, $0) } }
}()
