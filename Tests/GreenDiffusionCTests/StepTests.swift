import CGreenDiffusion
import Foundation
import GreenDiffusion
import GreenDiffusionC
import Inspection
import Kernels
import Model
import Storage
import TestSupport
import Testing

/// Single steps of a run as a program in C calls them: plans, frames, means, distances.
@Suite struct StepTests {
    private let folder = TemporaryFolder()

    /// A safetensors file of two coded tensors, and one that is carried.
    private func tensors(scale: Float = 1, names: [String] = ["first", "second"]) throws -> Data {
        let values = (0..<600).map { scale * sin(Float($0)) }
        let path = folder.path("tensors.safetensors")
        try writeSafetensors(
            [
                NamedTensor(names[0], Tensor(shape: [20, 30], values: values)), NamedTensor("steps", shape: [2], .int64([7, 9])),
                NamedTensor(names[1], Tensor(shape: [5], values: [0, 1, -2, 3, scale])),
            ], to: path, metadata: [("format", "pt"), ("author", "test")])
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    private func plan(_ devices: String, _ options: String = "") throws -> (plans: Data, notes: String) {
        var (plans, notes): (OpaquePointer?, OpaquePointer?)
        let bytes = Array(devices.utf8)
        try call { greendiff_plan(bytes, bytes.count, options, options.utf8.count, &plans, &notes, $0) }
        return (data(plans), String(decoding: data(notes), as: UTF8.self))
    }

    private func quantize(_ tensors: Data, _ options: String = "") throws -> (frame: Data, summary: Data) {
        var (frame, summary): (OpaquePointer?, OpaquePointer?)
        let bytes = Array(tensors)
        try call { greendiff_quantize(bytes, bytes.count, options, options.utf8.count, &frame, &summary, $0) }
        return (data(frame), data(summary))
    }

    private typealias Reading = (
        UnsafePointer<UInt8>?, Int, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<OpaquePointer?>?,
        UnsafeMutablePointer<OpaquePointer?>?
    ) -> greendiff_status

    private func read(_ function: Reading, _ frame: Data, _ options: String = "") throws -> Data {
        var result: OpaquePointer?
        let bytes = Array(frame)
        try call { function(bytes, bytes.count, options, options.utf8.count, &result, $0) }
        return data(result)
    }

    private func average() throws -> OpaquePointer {
        var average: OpaquePointer?
        try call { greendiff_average_open(nil, 0, &average, $0) }
        return try #require(average)
    }

    private func add(_ frame: Data, _ weight: Double, to average: OpaquePointer?) throws {
        let bytes = Array(frame)
        try call { greendiff_average_add(average, bytes, bytes.count, weight, $0) }
    }

    private func evaluate(_ options: String) throws -> Data {
        var report: OpaquePointer?
        try call { greendiff_evaluate(options, options.utf8.count, &report, $0) }
        return data(report)
    }

    @Test func plansAreThoseOfTheProgramInEveryFormat() throws {
        let devices = #"[{"id": "near", "distance_m": 45}, {"id": "far", "distance_m": 900, "time_budget_s": 10}]"#
        let list = try json(plan(devices).plans, as: [[String: Any]].self)
        #expect(list.map { $0["id"] as? String } == ["near", "far"] && list.map { $0["feasible"] as? Bool } == [true, false])
        let csv = "id,distance_m\nnear,45\n"
        let lines = try plan(csv, #"{"format": "ndjson", "threads": 1, "solver": "algorithm1", "tolerance": 1e-9}"#).plans
        let energy = try #require(try json(lines)["energy_total_j"] as? Double)
        let expected = try #require(list[0]["energy_total_j"] as? Double)
        #expect(abs(energy / expected - 1) <= 1e-8)
        let band = try json(plan(devices, #"{"total_bandwidth": 1e8, "time_budget": "auto"}"#).plans)
        #expect((band["summary"] as? [String: Any])?["feasible"] as? Bool == true)
        let skipped = try plan(#"[{"distance_m": -1}, {"id": 3}]"#, #"{"skip_invalid": true}"#)
        #expect(skipped.notes.contains("distance_m -1.0") && skipped.notes.contains("skipped 1 of 2"))
        #expect(try json(skipped.plans, as: [[String: Any]].self).count == 1)
    }

    @Test func aFrameComesBackAsTheProgramWouldWriteIt() throws {
        let (frame, summary) = try quantize(tensors(), #"{"bits": 5, "grid": "zero", "group_size": 8, "seed": 3, "threads": 2}"#)
        let file = folder.path("file.gduf")
        var options = QuantizationOptions()
        (options.bits, options.grid, options.groupSize) = (5, .zero, 8)
        let made = try options.quantizer(seed: 3, threads: 1).quantize(folder.path("tensors.safetensors"), to: file)
        #expect(try frame == Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(String(decoding: summary, as: UTF8.self).contains("\"error_relative\" : \(made.errorRelative)"))
        _ = try dequantizeTensorFile(file, to: folder.path("back.safetensors"), threads: 1)
        let back = try read(greendiff_dequantize, frame, #"{"max_unpacked": 100000}"#)
        #expect(try back == Data(contentsOf: URL(fileURLWithPath: folder.path("back.safetensors"))))
        let report = try json(read(greendiff_inspect, frame))
        #expect(report["kind"] as? String == "frame" && report["parameter_count"] as? Int == 605)
        #expect(try json(read(greendiff_inspect, back))["kind"] as? String == "safetensors")
    }

    @Test func aMeanIsThatOfTheDecodedValues() throws {
        let average = try average()
        defer { greendiff_average_free(average) }
        let weights = [3.0, 0.5, 20]
        var expected = [Double](repeating: 0, count: 605)
        for (index, weight) in weights.enumerated() {
            let frame = try quantize(tensors(scale: Float(index + 1)), index == 2 ? #"{"grid": "lattice"}"# : "").frame
            try add(frame, weight, to: average)
            let values = try floats(read(greendiff_dequantize, frame))
            for place in values.indices { expected[place] += weight / 23.5 * Double(values[place]) }
        }
        var result: OpaquePointer?
        try call { greendiff_average_finish(average, &result, $0) }
        let file = data(result)
        for (value, expected) in zip(try floats(file), expected) {
            #expect(abs(Double(value) - expected) <= 1e-7 * max(1, abs(expected)))
        }
        let reader = try SafetensorsReader(Array(file), name: "mean")
        #expect(reader.entries.map(\.name) == ["first", "steps", "second"])
        #expect(try reader.readInt64(reader.entries[1]) == [7, 9] && reader.metadata.contains { $0.name == "author" })
    }

    /// The float32 values of a safetensors file, one tensor behind the other.
    private func floats(_ file: Data) throws -> [Float] {
        let reader = try SafetensorsReader(Array(file), name: "file")
        return try reader.entries.filter(\.type.isReadAsFloats).flatMap { try reader.readFloats($0).values }
    }

    @Test func distancesAreThoseOfTheFiles() throws {
        let (reference, samples) = (folder.path("reference.safetensors"), folder.path("samples.safetensors"))
        for (path, shift) in [(reference, Float(0)), (samples, 1)] {
            let values = (0..<600).map { sin(Float($0 * $0)) + shift }
            try writeSafetensors([NamedTensor("features", Tensor(shape: [150, 4], values: values))], to: path)
        }
        let report = try json(evaluate(#"{"reference": "\#(reference)", "samples": "\#(samples)", "threads": 1}"#))
        // The same values, shifted by 1 in each of 4 directions.
        #expect(abs(try #require(report["frechet_distance"] as? Double) - 4) <= 1e-3 && report["sample_count"] as? Int == 150)
    }

    @Test func whatCannotBeUsedIsRefusedInOneLine() throws {
        let file = try tensors()
        let frame = try quantize(file).frame
        let other = try quantize(tensors(names: ["first", "third"])).frame
        var damaged = frame
        damaged[damaged.count / 2] ^= 1
        let average = try average()
        defer { greendiff_average_free(average) }
        #expect(failure { try call { greendiff_average_finish(average, nil, $0) } }.message.contains("NULL"))
        var nothing: OpaquePointer?
        #expect(failure { try call { greendiff_average_finish(average, &nothing, $0) } }.message.contains("no frame"))
        try add(frame, 1, to: average)
        let infinite = try tensors(scale: .infinity)
        let cases: [(Int, String, () throws -> Void)] = [
            (GREENDIFF_BAD_FILE, "distance_m -1.0", { _ = try plan(#"[{"distance_m": -1}]"#) }),
            (GREENDIFF_BAD_FILE, "devices", { _ = try plan("[{") }),
            (GREENDIFF_BAD_FILE, "empty", { _ = try plan("") }),
            (GREENDIFF_BAD_SETTING, "tolerence", { _ = try plan("[{}]", #"{"tolerence": 1}"#) }),
            (GREENDIFF_BAD_SETTING, "belongs to solver", { _ = try plan("[{}]", #"{"tolerance": 1}"#) }),
            (GREENDIFF_BAD_SETTING, "is no number", { _ = try plan("[{}]", #"{"total_bandwidth": "wide"}"#) }),
            (GREENDIFF_BAD_SETTING, "total-bandwidth", { _ = try plan("[{}]", #"{"total_bandwidth": NaN}"#) }),
            (GREENDIFF_BAD_SETTING, "seconds nor auto", { _ = try plan("[{}]", #"{"time_budget": "soon"}"#) }),
            (GREENDIFF_BAD_SETTING, "fast, algorithm1", { _ = try plan("[{}]", #"{"solver": "slow"}"#) }),
            (GREENDIFF_BAD_SETTING, "1...1024", { _ = try plan("[{}]", #"{"threads": 0}"#) }),
            (GREENDIFF_BAD_SETTING, "JSON object", { _ = try plan("[{}]", "[]") }),
            (GREENDIFF_BAD_SETTING, "JSON object", { _ = try plan("[{}]", #"{"threads": 1"#) }),
            (GREENDIFF_BAD_SETTING, "2...8", { _ = try quantize(file, #"{"bits": 9}"#) }),
            (GREENDIFF_BAD_SETTING, "exclude each other", { _ = try quantize(file, #"{"bits": 4, "bytes": 100}"#) }),
            (GREENDIFF_BAD_SETTING, "not a positive", { _ = try quantize(file, #"{"error_relative": NaN}"#) }),
            (GREENDIFF_BAD_SETTING, "whole number", { _ = try quantize(file, #"{"group_size": 1.5}"#) }),
            (GREENDIFF_BAD_SETTING, "too small", { _ = try quantize(file, #"{"bytes": 10}"#) }),
            (GREENDIFF_BAD_FILE, "only finite", { _ = try quantize(infinite) }),
            (GREENDIFF_BAD_FILE, "", { _ = try quantize(file.prefix(70)) }),
            (GREENDIFF_BAD_FILE, "", { _ = try quantize(frame) }),
            (GREENDIFF_BAD_FILE, "", { _ = try quantize(Data()) }),
            (GREENDIFF_BAD_FILE, "frame is not usable", { _ = try read(greendiff_dequantize, damaged) }),
            (GREENDIFF_BAD_FILE, "max-unpacked", { _ = try read(greendiff_dequantize, frame, #"{"max_unpacked": 100}"#) }),
            (GREENDIFF_BAD_FILE, "bytes is not usable", { _ = try read(greendiff_inspect, damaged) }),
            (GREENDIFF_BAD_FILE, "neither", { _ = try read(greendiff_inspect, Data("hello, world".utf8)) }),
            (GREENDIFF_BAD_SETTING, "seed", { _ = try read(greendiff_inspect, frame, #"{"seed": 1}"#) }),
            (GREENDIFF_BAD_FILE, "third [5] where the first frame has second [5]", { try add(other, 1, to: average) }),
            (GREENDIFF_BAD_FILE, "frame 2", { try add(damaged, 1, to: average) }),
            (GREENDIFF_BAD_SETTING, "weight nan", { try add(frame, .nan, to: average) }),
            (GREENDIFF_BAD_SETTING, "weight 0.0", { try add(frame, 0, to: average) }),
            (GREENDIFF_BAD_ARGUMENT, "NULL", { try add(frame, 1, to: nil) }),
            (GREENDIFF_BAD_ARGUMENT, "NULL", { try call { greendiff_quantize(nil, 9, nil, 0, &nothing, nil, $0) } }),
            (GREENDIFF_BAD_ARGUMENT, "NULL", { try call { greendiff_plan(nil, 0, nil, 4, &nothing, nil, $0) } }),
            (GREENDIFF_BAD_ARGUMENT, "NULL", { try call { greendiff_evaluate("{}", 2, nil, $0) } }),
            (GREENDIFF_BAD_SETTING, "reference is missing", { _ = try evaluate("{}") }),
            (GREENDIFF_BAD_SETTING, "are both missing", { _ = try evaluate(#"{"reference": "synthetic"}"#) }),
            (
                GREENDIFF_BAD_SETTING, "how a model draws",
                { _ = try evaluate(#"{"reference": "synthetic", "samples": "synthetic", "steps": 3}"#) }
            ),
            (GREENDIFF_BAD_FILE, "network", { _ = try evaluate(#"{"reference": "synthetic", "samples": "synthetic"}"#) }),
            (GREENDIFF_BAD_FILE, "nowhere", { _ = try evaluate(#"{"reference": "nowhere", "samples": "synthetic"}"#) }),
        ]
        for (number, (status, words, body)) in cases.enumerated() {
            let failed = failure(body)
            #expect(Int(failed.status) == status && (words.isEmpty || failed.message.contains(words)), "\(number): \(failed)")
            #expect(!failed.message.isEmpty && !failed.message.contains("\n"), "\(number): \(failed)")
        }
        // Nothing of that is in the mean.
        var result: OpaquePointer?
        try call { greendiff_average_finish(average, &result, $0) }
        #expect(try data(result) == read(greendiff_dequantize, frame))
    }
}
