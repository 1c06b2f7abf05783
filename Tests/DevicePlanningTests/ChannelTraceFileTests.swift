import DevicePlanning
import FedRuntime
import Foundation
import Storage
import Testing

@Suite struct ChannelTraceFileTests {
    @Test func gainsByRoundAndDevice() throws {
        let trace = try ChannelTraceFile.parse("round,device,gain\n2,0,0.5\n1,0,1\n1,1,2\n2,1,0.25\n", path: "t.csv")
        #expect(trace == ChannelTrace(gains: [0: [1, 0.5], 1: [2, 0.25]]))
    }

    @Test func decibelsWithoutRoundsInAnyOrderOfColumns() throws {
        let trace = try ChannelTraceFile.parse("gain_db, device\r\n\r\n-10, 0\r\n20, 1\r\n", path: "t.csv")
        #expect(abs(trace.gain(round: 5, device: 0) - 0.1) < 1e-15 && trace.gain(round: 1, device: 1) == 100)
    }

    @Test(arguments: [
        ("", "empty"), ("device,gain\n", "header line only"), ("device,level\n0,1\n", "line 1: level is no column"),
        ("device,round\n0,1\n", "line 1: a trace has one device and one gain column"),
        ("device,gain,gain_db\n0,1,1\n", "line 1: a trace has one device"),
        ("device,gain\n0,1\n1\n", "line 3: 1 cells under 2 columns"),
        ("device,gain\n0,1\n\n-1,1\n", "line 4: device -1 is not a whole number"),
        ("device,gain\n0,weak\n", "line 2: gain weak is not a number"),
        ("device,gain\n0,0\n", "line 2: gain 0 is a gain outside"), ("device,gain\n0,nan\n", "line 2: gain nan"),
        ("device,gain_db\n0,-300\n", "line 2: gain_db -300"),
        ("round,device,gain\n0,0,1\n", "line 2: round 0 is outside"),
        ("round,device,gain\n1,0,1\n1,0,2\n", "line 3: device 0 has a gain for round 1 already"),
        ("round,device,gain\n1,0,1\n3,0,1\n", "device 0 has no gain for round 2 of 3"),
        ("round,device,gain\n1,0,1\n2,0,1\n1,1,1\n", "device 1 has no gain for round 2 of 2"),
    ])
    func whatIsWrongIsNamedWithItsLine(_ text: String, _ part: String) {
        let error = #expect(throws: FileError.self) { try ChannelTraceFile.parse(text, path: "t.csv") }
        let message = "\(error.map { "\($0)" } ?? "")"
        #expect(message.contains(part) && message.contains("t.csv"), "\(message)")
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: FileError.missing(path: "/nowhere/t.csv")) { try ChannelTraceFile.read(path: "/nowhere/t.csv") }
    }
}
