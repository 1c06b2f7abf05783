import Foundation
import GreenDiffusion
import Records
import RunTestSupport
import TestSupport
import Testing

/// A federated run whose devices train in bfloat16.
@Suite struct BFloat16RunTests {
    private let folder = TemporaryFolder()

    private func devices(_ path: String) throws -> [DeviceRecord] { try RunFiles(path: path).devices() }

    @Test func updatesKeepTheirCertificatesAndFLOPsAreCountedByPrecision() throws {
        let (half, full) = (folder.path("half"), folder.path("full"))
        try TinyRun.train([.rounds: "2", .precision: "bfloat16"], at: half)
        try TinyRun.train([.rounds: "2"], at: full)
        for record in try devices(half) where record.status == .ok {
            #expect(record.demandMet == true && (record.errorCertificate ?? 1) <= (record.errorDemand ?? 0))
            let (all, inBFloat16) = (try #require(record.flopsMeasured), try #require(record.flopsBFloat16))
            #expect(inBFloat16 > 0 && inBFloat16 < all)
        }
        let rounds = try RunFiles(path: half).rounds()
        #expect(rounds.allSatisfy { ($0.flopsBFloat16 ?? 0) > 0 && ($0.loss ?? 0) > 0 })
        #expect(try devices(full).allSatisfy { $0.flopsBFloat16 == nil })
        #expect(try TinyRun.weights(half, round: 2) != TinyRun.weights(full, round: 2))
    }

    @Test func resumedRunsEndAtTheSameBytes() throws {
        let (whole, cut) = (folder.path("whole"), folder.path("cut"))
        try TinyRun.train([.rounds: "2", .precision: "bfloat16"], at: whole)
        try TinyRun.train([.rounds: "1", .precision: "bfloat16"], at: cut)
        try FederatedRun.resume(cut, changing: [(.rounds, "2")]).train { _ in }
        #expect(try TinyRun.weights(cut, round: 2) == TinyRun.weights(whole, round: 2))
    }

    @Test func checkpointsOpenInTheOtherPrecision() throws {
        for (trained, drawn) in [("bfloat16", "float32"), ("float32", "bfloat16")] {
            let run = folder.path("run-\(trained)")
            try TinyRun.train([.rounds: "1", .precision: trained], at: run)
            let result = try Greendiff.run(
                "sample", "--checkpoint", run, "--precision", drawn, "--count", "1", "--steps", "2", "--out",
                folder.path("\(drawn).png"))
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    /// A device that does twice as much in a cycle needs half the cycles.
    @Test func plansAreOfTheRunsPrecision() throws {
        let file = folder.path("devices.json")
        try #"""
        [{"flops_per_cycle": 20, "flops_per_cycle_bfloat16": 40, "frequency_max_hz": 4e9},
         {"flops_per_cycle": 20, "frequency_max_hz": 4e9}]
        """#.write(toFile: file, atomically: true, encoding: .utf8)
        func cycles(_ precision: String) throws -> [Double] {
            let path = folder.path(precision)
            try TinyRun.train([.rounds: "1", .devices: file, .precision: precision, .select: "2"], at: path)
            return try devices(path).sorted { $0.device < $1.device }.compactMap(\.cyclesPerSample)
        }
        let (half, full) = (try cycles("bfloat16"), try cycles("float32"))
        #expect(full[0] == full[1])
        #expect(abs(half[1] / half[0] - 2) < 1e-12)
    }
}
