import Codec
import FedRuntime
import Kernels
import Records
import TestSupport
import Testing

/// Devices that demand no error but have bytes or energy to spend.
@Suite struct DeviceBudgetTests {
    private func toy(
        _ demand: DeviceDemand, grid: QuantizationGrid, bits: ClosedRange<Int> = 2...8
    ) throws -> ToyFederation { try toy([DeviceDemand](repeating: demand, count: 4), grid: grid, bits: bits) }

    private func toy(
        _ demands: [DeviceDemand], grid: QuantizationGrid, bits: ClosedRange<Int> = 2...8
    ) throws -> ToyFederation {
        var toy = try ToyFederation(devices: 4)
        toy.settings.quantizer = grid.quantizer
        toy.settings.timeBudget = .seconds(1e3)
        toy.devices = try toy.devices.map {
            try FederatedDevice(
                id: $0.id, profile: $0.profile, samples: $0.samples, processor: $0.processor, radio: $0.radio,
                demand: demands[$0.id],
                acceptedBits: bits)
        }
        return toy
    }

    private func summary(_ toy: ToyFederation) throws -> ErrorSummary {
        try ErrorTable(
            ToyFederation.initialWeights(), layout: ToyFederation.layout, quantizer: toy.settings.quantizer
        ).summary
    }

    @Test(arguments: QuantizationGrid.allCases)
    func bytesBuyTheLeastError(grid: QuantizationGrid) throws {
        let unlimited = try toy(.bytes(1 << 30), grid: grid)
        let limit = try summary(unlimited).codedBytes(bits: 5) + 3
        var errors: [[Double]] = []
        for bytes in [limit, limit + 40, 1 << 30] {
            let toy = try toy(.bytes(bytes), grid: grid)
            let finished = try toy.runRound(try toy.server())
            for record in finished.devices {
                #expect(record.status == .ok && record.demandMet == true && record.errorDemand == nil)
                let sent = try #require(record.payloadBytes)
                #expect(sent <= bytes && sent > (bytes == limit ? limit - 30 : 0))
                #expect(abs(try #require(record.bitsCoded) - 8 * Double(sent) / 200) < 1e-9)
            }
            errors.append(finished.devices.compactMap(\.errorCertificate))
        }
        for device in 0..<4 {
            #expect(errors[0][device] >= errors[1][device] && errors[1][device] > errors[2][device])
        }
    }

    @Test(arguments: QuantizationGrid.allCases)
    func energyBuysTheLeastError(grid: QuantizationGrid) throws {
        let free = try toy(.energy(joules: 1e9), grid: grid)
        let dear = try free.runRound(try free.server()).devices
        let narrow = try toy(.energy(joules: 1e9), grid: grid, bits: 2...2)
        let cheap = try narrow.runRound(try narrow.server()).devices
        let joules = try zip(dear, cheap).map { most, least in
            (try #require(most.energyTotalJoules) + (try #require(least.energyTotalJoules))) / 2
        }
        let toy = try toy(joules.map { .energy(joules: $0) }, grid: grid)
        for record in try toy.runRound(try toy.server()).devices {
            #expect(record.status == .ok && record.demandMet == true)
            #expect(try #require(record.energyTotalJoules) <= joules[record.device])
            #expect(try #require(record.errorCertificate) >= (try #require(dear[record.device].errorCertificate)))
            #expect(try #require(record.errorCertificate) <= (try #require(cheap[record.device].errorCertificate)))
        }
    }

    @Test func whoAcceptsTheFewestBitsHasNoCoarsestStep() throws {
        func records(_ demand: Double, _ bits: ClosedRange<Int>) throws -> [DeviceRecord] {
            let toy = try toy(.relative(demand), grid: .lattice, bits: bits)
            return try toy.runRound(try toy.server()).devices
        }
        for (demand, error) in [(0.05, 0.05), (0.2, 0.2), (0.4, 0.4), (0.9, 0.5)] {
            for record in try records(demand, 2...8) {
                #expect(record.status == .ok && record.demandMet == true)
                #expect(abs(try #require(record.errorRelative) - error) < 1e-3 * error)
            }
        }
        func bytes(_ records: [DeviceRecord]) throws -> [Int] { try records.map { try #require($0.payloadBytes) } }
        #expect(try zip(bytes(records(0.4, 2...8)), bytes(records(0.09, 2...8))).allSatisfy { $0 < $1 })
        #expect(try bytes(records(0.4, 3...8)) == bytes(records(0.09, 3...8)), "at most the error of 3 bits")
    }

    @Test func whatNothingFitsIntoIsSaid() throws {
        for (demand, word) in [(DeviceDemand.bytes(10), "bytes"), (.energy(joules: 1e-12), "J is more")] {
            for grid in QuantizationGrid.allCases {
                let toy = try toy(demand, grid: grid)
                let records = try toy.runRound(try toy.server()).devices
                #expect(records.allSatisfy { $0.status == .infeasible && $0.reason?.contains(word) == true })
            }
        }
    }

    @Test func budgetsThatAreNoneAreRefused() throws {
        for demand in [DeviceDemand.bytes(0), .bytes(-5), .energy(joules: 0), .energy(joules: .nan), .relative(.infinity)] {
            #expect(throws: DeviceError.self) { try toy(demand, grid: .lattice) }
        }
    }
}
