import Foundation
import GreenDiffusion
import Inspection
import Studies

/// A byte for the file, then any bytes in its place in the folder of a run; the run is inspected, reported, compared or resumed, by the
/// length of the input. It is refused in one line, or the work comes to its end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRunFolder(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let (run, file) = places[Int(start[0]) % places.count]
    run.write(Data(bytes: start + 1, count: count - 1), to: file)
    // What settings name could be any file of this machine: a run of other settings is not resumed.
    let isSettings = file.hasSuffix(".yaml") || file == "pretraining.json"
    switch count % 4 {
    case 0 where !isSettings:
        check { try run.resume() }
        run.restore()
    case 1: check { try RunPage.html(runs: [run.path]) }
    case 2 where run.kind == .federated:
        check {
            try ParetoStudy(runs: [run.path, run.path], targetLoss: nil).write(to: FileManager.default.temporaryDirectory.path)
        }
    default:
        check {
            let inspection = try InspectionReport(run.path, threads: 1)
            _ = try JSONEncoder().encode(inspection)
            return inspection.description
        }
    }
    run.restore(file)
    return 0
}

/// Leaks are not looked for: the pointers in Swift's strings and data, which the runs below are made of, carry tags that hide them.
@_cdecl("__lsan_is_turned_off")
public func hidesLeaks() -> CInt { 1 }

/// Ends the process where an error is no line for people.
private func check(_ work: () throws -> String) {
    do { _ = try work() } catch {
        let message = "\(error)"
        guard (1...4096).contains(message.utf8.count), !message.contains("\n") else { fatalError("a message: \(message)") }
    }
}

/// Files of a run with the run. The corpus relies on their order: add new ones at the end.
private let places: [(run: RunTemplate, file: String)] = {
    // Of an earlier version: a checkpoint is read whatever a manifest would say of it.
    let federated = (RunTemplate(.federated), RunTemplate(.federated, ofEarlierVersion: true))
    let pretraining = (RunTemplate(.pretraining), RunTemplate(.pretraining, ofEarlierVersion: true))
    let (round, step) = ("checkpoints/round-00002", "checkpoints/step-000000002")
    return [
        (federated.0, "config.yaml"), (federated.0, "rounds.jsonl"), (federated.0, "devices.jsonl"),
        (federated.0, "schemes.jsonl"),
        (federated.0, "summary.json"), (federated.0, "images.csv"), (federated.0, "\(round)/manifest.json"),
        (federated.0, "\(round)/settings.yaml"), (federated.1, "\(round)/federation.json"), (federated.1, "\(round)/state.json"),
        (federated.1, "\(round)/config.json"), (federated.1, "\(round)/scheduler_config.json"),
        (federated.1, "\(round)/training_state.safetensors"), (federated.1, "rounds.jsonl"),
        (pretraining.0, "pretraining.json"), (pretraining.0, "progress.jsonl"), (pretraining.0, "\(step)/manifest.json"),
        (pretraining.0, "\(step)/settings.json"), (pretraining.1, "\(step)/state.json"), (pretraining.1, "progress.jsonl"),
    ]
}()
