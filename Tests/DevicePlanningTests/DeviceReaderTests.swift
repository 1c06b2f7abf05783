import DevicePlanning
import Energy
import FedRuntime
import Foundation
import Storage
import TestSupport
import Testing

/// Device files in their three formats.
@Suite struct DeviceReaderTests {
    private func parse(_ json: String) throws -> [PlannedDevice] { try PlanFile(json).devices() }

    @Test func missingFieldsAreThePapersDevice() throws {
        let device = try #require(try parse("[{}]").first)
        #expect(device.id == .number(0))
        #expect(try device.problem.compute == ComputeModel())
        #expect(try device.problem.radio == RadioModel())
        #expect(device.problem.payloadBits == 8 * 37e6 && device.problem.timeBudgetSeconds == 15)
    }

    @Test func everyFieldLandsInItsPlace() throws {
        let fields = """
            "id": "x", "local_iterations": 2, "samples_per_iteration": 3, "cycles_per_sample": 4e6, "energy_coefficient": 5e-26, \
            "frequency_min_hz": 6e6, "frequency_max_hz": 7e8, "power_min_w": 8e-4, "power_max_w": 0.9, "bandwidth_hz": 1e7, \
            "channel_gain": 0.002, "distance_m": 33, "path_loss_exponent": 3.5, "noise_dbm_per_mhz": -97, "parameter_count": 1000, \
            "bits_per_parameter": 5, "time_budget_s": 21
            """
        let device = try #require(try parse("[{\(fields)}]").first)
        #expect(device.id == .text("x") && device.parameterCount == 1000)
        #expect(
            try device.problem.compute
                == ComputeModel(
                    localIterations: 2, samplesPerIteration: 3, cyclesPerSample: 4e6, energyCoefficient: 5e-26,
                    frequencyMinHertz: 6e6,
                    frequencyMaxHertz: 7e8))
        #expect(
            try device.problem.radio
                == RadioModel(
                    bandwidthHertz: 1e7, channelGain: 0.002, distanceMetres: 33, pathLossExponent: 3.5, noiseDBmPerMegahertz: -97,
                    powerMinWatts: 8e-4, powerMaxWatts: 0.9))
        #expect(device.problem.payloadBits == 5000 && device.problem.timeBudgetSeconds == 21)
    }

    @Test func payloadBitsReplaceTheProduct() throws {
        let devices = try parse(
            #"[{"payload_bits": 1000, "parameter_count": 7}, {"parameter_count": 1000, "bits_per_parameter": 2.5}]"#)
        #expect(devices.map(\.problem.payloadBits) == [1000, 2500])
    }

    /// Arrays, lines and cells say the same; windows of a megabyte cut devices anywhere.
    @Test func allFormatsReadTheSame() throws {
        let count = 30_000
        var (distances, lines, rows) = ([Double](), [String](), ["distance_m,id, time_budget_s"])
        for index in 0..<count {
            let distance = 5 + Double(index) / 7
            let time = 10 + Double(index % 97) / 3
            distances.append(distance)
            lines.append(#"{"id": "d-\#(index)", "distance_m": \#(distance), "time_budget_s": \#(time)}"#)
            rows.append("\(distance),d-\(index), \(time)")
        }
        let array = try PlanFile("[" + lines.joined(separator: ",\n") + "]\n").devices()
        try #require(array.count == count)
        #expect(array.map(\.problem.radio.distanceMetres) == distances)
        #expect(array.map(\.id).last == .text("d-\(count - 1)"))
        #expect(try PlanFile(lines.joined(separator: "\n"), name: "devices.jsonl").devices() == array)
        #expect(try PlanFile(lines.joined(separator: "\r\n") + "\r\n\n", name: "devices.ndjson").devices() == array)
        #expect(try PlanFile(rows.joined(separator: "\n"), name: "devices.csv").devices() == array)
        #expect(try PlanFile("\u{FEFF}" + rows.joined(separator: "\r\n") + "\r\n", name: "devices.csv").devices() == array)
        // Without an extension the first byte tells.
        for text in [lines.joined(separator: "\n"), "\n [" + lines.joined(separator: ",") + "]", rows.joined(separator: "\n")] {
            #expect(try PlanFile(text, name: "devices").devices() == array)
        }
    }

    @Test func numbersAreReadToTheNearest() throws {
        var state: UInt64 = 1
        var texts = [
            "1e-3", "45", "0.001", "1E+2", "123456789.987654321", "9007199254740993e-8", "4.5e1", "100000000000000000000e-15",
        ]
        for _ in 0..<3_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = "\(state % 1_000_000_000_000_000_000)"
            texts.append("\(digits)e-\(digits.count - Int(state >> 60) % 9)")
            texts.append("\(Double(state >> 11) * 0x1p-53 * 100 + 0.01)")
        }
        let devices = try parse("[" + texts.map { "{\"distance_m\": \($0)}" }.joined(separator: ",") + "]")
        for (device, text) in zip(devices, texts) { #expect(device.problem.radio.distanceMetres == Double(text), "\(text)") }
    }

    @Test(arguments: [
        (#"[{"distance_m": -3}]"#, "distance_m"), (#"[{"time_budget_s": 0}]"#, "time_budget_s"),
        (#"[{"frequency_min_hz": 2e9}]"#, "frequency_min_hz"), (#"[{"bandwidth_hz": "fast"}]"#, "bandwidth_hz"),
        (#"[{"power_max_w": null}]"#, "power_max_w"), (#"[{"channel_gain": [1, {"a": [true, false]}]}]"#, "channel_gain"),
        (#"[{"local_iterations": 1.5}]"#, "local_iterations"), (#"[{"samples_per_iteration": 0}]"#, "samples_per_iteration"),
        (#"[{"bits_per_parameter": 0}]"#, "bits_per_parameter"), (#"[{"parameter_count": -1}]"#, "parameter_count"),
        (#"[{"id": true}]"#, "id"), (#"[{"id": 1.5}]"#, "id"), (#"[{"payload_bits": 0}]"#, "payload_bits"),
        (#"[{"distance": 3}]"#, "distance"),
        (#"[{"distance_m": 1e999}]"#, "distance_m"), (#"[{"distance_m": 3, "distance_m": 3}]"#, "distance_m"),
        (#"[{"dist\u0061nce_m": -1}]"#, "distance_m"),
    ])
    func badFieldsAreNamed(json: String, field: String) throws {
        let file = try PlanFile("[{},\n" + json.dropFirst())
        let error = #expect(throws: UnusableDevice.self) { try file.devices() }
        #expect(error?.field == field && error?.index == 1 && error?.line == 2)
        #expect(error?.description.hasPrefix("\(file.path), line 2, device 1: \(field) ") == true)
    }

    @Test func aProfileFillsInWhatIsMissing() throws {
        let named = try parse(#"[{"profile": "raspberry-pi-4", "power_max_w": 0.05, "name": "mine", "flops_per_cycle": 9}, {}]"#)
        let profile = try DeviceProfile.named("raspberry-pi-4")
        #expect(named[0].problem.compute.frequencyMaxHertz == profile.frequencyMaxHertz)
        #expect(named[0].problem.compute.energyCoefficient == profile.energyCoefficient)
        #expect(named[0].problem.radio.powerMaxWatts == 0.05 && named[0].problem.radio.powerMinWatts == profile.powerMinWatts)
        // The next device has none.
        #expect(named[1].problem.compute.frequencyMaxHertz == 1e9)
        for json in [#"[{"profile": "raspbery"}]"#, #"[{"profile": 4}]"#] {
            #expect(throws: UnusableDevice.self) { try parse(json) }
        }
    }

    @Test func misspeltFieldsSuggestTheNearest() throws {
        let error = #expect(throws: UnusableDevice.self) { try parse(#"[{"distanse_m": 3}]"#) }
        #expect(error?.problem.contains("did you mean distance_m?") == true)
        let header = #expect(throws: FileError.self) { try PlanFile("id,distanse_m\n1,2\n", name: "d.csv").devices() }
        #expect(header?.description.contains("line 1: distanse_m is not a field of a device; did you mean distance_m?") == true)
    }

    @Test(arguments: [
        ("", "empty"), ("{", "JSON array"), ("{}", "JSON array"), ("[1]", "JSON array"),
        ("[{\"distance_m\": NaN}]", "a value expected"),
        ("null", "JSON array"), ("[{}\n{}]", "line 2: a comma"), ("[{},\n{\"id\": 3}", "line 2: it ends"),
        ("[{},\n{\"id\": 3", "line 2: it ends"),
        ("[{}] x", "text follows"), ("[{},]", "a value expected"), ("[{\"id\": 01}]", "expected"),
        ("[{\"id\": \"\\x\"}]", "no escape"),
        ("[{\"id\": \"\\ud800\"}]", "surrogate"), ("[{\"distance_m\": 1.}]", "a value expected"), ("[{\"id\" 3}]", ": expected"),
        ("[", "it ends"),
    ])
    func damagedFilesAreRefused(json: String, reason: String) throws {
        let error = #expect(throws: FileError.self) { try parse(json) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func damagedLinesAreNamedAndPassed() throws {
        let lines = ["{}", "{", "[1]", "{} {}", "{\"id\": \"ok\"}", "{\"id\": nope}", "7", "", "{\"distance_m\": 1e}"]
        let records = try PlanFile(lines.joined(separator: "\n"), name: "d.ndjson").records()
        let errors = records.compactMap { record in
            if case .failure(let error) = record { error } else { nil }
        }
        #expect(records.count == 8 && errors.map(\.line) == [2, 3, 4, 6, 7, 9] && errors.map(\.index) == [1, 2, 3, 5, 6, 7])
        #expect(errors.allSatisfy { $0.field == nil })
    }

    @Test func cellsMayBeQuotedAndEmpty() throws {
        let text = "id,distance_m,power_max_w\n\"a \"\"b\"\",\nc\",20,\n12,,0.5\n007,x,1\nshort,1\n"
        let records = try PlanFile(text, name: "d.csv").records()
        try #require(records.count == 4)
        guard case .success(let first) = records[0], case .success(let second) = records[1],
            case .failure(let third) = records[2], case .failure(let fourth) = records[3]
        else {
            Issue.record("\(records)")
            return
        }
        #expect(
            first.id == .text("a \"b\",\nc") && first.problem.radio.distanceMetres == 20 && first.problem.radio.powerMaxWatts == 1
        )
        #expect(
            second.id == .number(12) && second.problem.radio.distanceMetres == 45 && second.problem.radio.powerMaxWatts == 0.5)
        #expect(third.line == 5 && third.field == "distance_m")
        #expect(fourth.line == 6 && fourth.problem.contains("has 2 cells"))
        #expect(throws: FileError.self) { try PlanFile("id\n\"open", name: "d.csv").records() }
        #expect(throws: FileError.self) { try PlanFile("id,id\n1,2", name: "d.csv").records() }
        #expect(throws: FileError.self) { try PlanFile("id\n\"a\"b\n", name: "d.csv").records() }
    }

    /// Spreadsheets, statistics programs and people write numbers in more ways than JSON.
    @Test(arguments: [
        "\"id\",\"distance_m\"\n\"phone\",\"45\"\n", "id;distance_m\r\nphone;45\r\n", "id\tdistance_m\nphone\t+45\n",
        "id,distance_m\nphone,045\n", "id,distance_m\nphone,45.\n", "\u{FEFF}\"id\" , \"distance_m\" \nphone, \" +4.5E+1 \" \n",
        "id;distance_m;power_max_w\nphone;\"45.0\";\"\"\n",
    ])
    func cellsHoldNumbersInManySpellings(text: String) throws {
        let device = try #require(try PlanFile(text, name: "d.csv").devices().first)
        #expect(device.id == .text("phone") && device.problem.radio.distanceMetres == 45)
        #expect(device.problem.radio.powerMaxWatts == 1)
    }

    @Test func cellsThatHoldNoNumbersAreNamed() throws {
        for cell in ["4 5", "+", ".", "", "45m", "0x2D", "+-4", "1e", "nan", "\"45,5\""] where !cell.isEmpty {
            let error = #expect(throws: UnusableDevice.self) {
                try PlanFile("distance_m;id\n\(cell);7\n", name: "d.csv").devices()
            }
            #expect(error?.field == "distance_m" && error?.problem.contains("use a number, with a point") == true, "\(cell)")
        }
        let quoted = #expect(throws: UnusableDevice.self) { try parse(#"[{"distance_m": "45"}]"#) }
        #expect(quoted?.problem.contains("without quotation marks") == true)
        let empty = try PlanFile("id\tdistance_m\n\t20\n7\t\n", name: "d.csv").devices()
        #expect(empty.map(\.id) == [.number(0), .number(7)] && empty.map(\.problem.radio.distanceMetres) == [20, 45])
    }

    /// Names and cells of any length take little time, and messages do not repeat them.
    @Test func longNamesAndCellsAreReadOnce() throws {
        let long = String(repeating: "x", count: 8 << 20)
        let names = try PlanFile("[{\"\(long)\": 1}, {\"id\": \"\(long)\"}]").records()
        guard case .failure(let error) = names[0], case .success(let device) = names[1] else {
            Issue.record("the second device alone can be used")
            return
        }
        #expect(error.description.utf8.count < 2_000 && device.id == .text(long))
        let cell = try PlanFile("id,distance_m\n\"\(long)\",7\n", name: "d.csv").devices()
        #expect(cell.map(\.id) == [.text(long)])
        let header = #expect(throws: FileError.self) { try PlanFile("\"\(long)\"\n1\n", name: "d.csv").devices() }
        #expect((header?.description.utf8.count ?? .max) < 2_000)
        let nested = #expect(throws: FileError.self) { try parse("[" + String(repeating: "[", count: 100_000)) }
        #expect(nested?.reason.contains("nested deeper than 64") == true)
    }

    /// All fields are listed once, below the devices.
    @Test func aLineADevice() throws {
        let file = try PlanFile(#"[{"zzzzzzzz": 1}, {"qqqqqqqqq": 2}, {"distanse_m": 3}, {}]"#)
        let error = #expect(throws: UnusableDevices.self) { try file.plan() }
        let lines = try #require(error).lines
        #expect(lines.count == 4 && lines.filter { $0.contains("the fields are ") }.count == 1)
        #expect(lines[2].hasSuffix("distanse_m is not a field of a device; did you mean distance_m?"))
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        #expect(throws: FileError.missing(path: "/no/such/file.json")) { _ = try DeviceReader(path: "/no/such/file.json") }
        let folder = TemporaryFolder()
        #expect(throws: FileError.unreadable(path: folder.path(""), reason: "it is a folder")) {
            _ = try DeviceReader(path: folder.path(""))
        }
    }

    /// A pipe cannot be read twice; its copy can.
    @Test func pipesAreReadTwice() throws {
        let folder = TemporaryFolder()
        let path = folder.path("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let writer = Thread {
            try? Data(#"[{"id": "a"}, {"id": "b"}]"#.utf8).write(to: URL(fileURLWithPath: path), options: [])
        }
        writer.start()
        var reader = try DeviceReader(path: path)
        for _ in 0..<2 {
            var count = 0
            while try reader.next() != nil { count += 1 }
            #expect(count == 2)
            try reader.rewind()
        }
    }
}
