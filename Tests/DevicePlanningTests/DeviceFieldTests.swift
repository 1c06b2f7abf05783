import DevicePlanning
import Energy
import FedRuntime
import Foundation
import TestSupport
import Testing

/// The table of fields, and what is made of it.
@Suite struct DeviceFieldTests {
    @Test func theDocumentHasTheTable() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let document = try String(contentsOf: root.appending(path: "docs/devices.md"), encoding: .utf8)
        for row in DeviceField.rows { #expect(document.contains(Self.line(row)), "docs/devices.md needs: \(Self.line(row))") }
    }

    /// A field as a line of the document's table.
    private static func line(_ row: DeviceField.Row) -> String {
        let users = row.users == .both ? "both" : row.users.contains(.plan) ? "plan" : row.users.contains(.train) ? "train" : ""
        let limits = row.limits.map { "\(DeviceField.text($0.lowerBound)) to \(DeviceField.text($0.upperBound))" }
        return [
            "`\(row.name)`", row.unit, row.standard.map(DeviceField.text) ?? "", limits ?? "", users, row.help,
        ].map { $0.isEmpty ? "|" : "| \($0) " }.joined() + "|"
    }

    @Test func namesAreUniqueAndStandardsWithinTheirLimits() throws {
        #expect(Set(DeviceField.rows.map(\.name)).count == DeviceField.allCases.count)
        for row in DeviceField.rows {
            if let standard = row.standard { #expect(row.limits?.contains(standard) == true, "\(row.name)") }
        }
    }

    /// What `train` alone uses may stand in a file for `plan`, and the other way round.
    @Test func bothCommandsReadPastTheOthersFields() throws {
        // These two are nothing by themselves: one replaces a product, the other needs voltages.
        let dependent = ["payload_bits", "dynamic_power_coefficient"]
        let fields = DeviceField.rows.filter { $0.limits != nil && !dependent.contains($0.name) }.map {
            "\"\($0.name)\": \($0.standard ?? 7)"
        }
        let file = try PlanFile("[{\(fields.joined(separator: ", ")), \"demand\": 0.01, \"samples\": 5}]")
        let device = try #require(try file.devices().first)
        #expect(try device.problem.compute == ComputeModel())
        #expect(try device.problem.radio == RadioModel())
        #expect(device.problem.payloadBits == 8 * 37e6)
        let federated = try DeviceReader.federatedDevices(
            path: file.path, samples: [3], demand: .same(.bytes(1)), bits: 6...8)
        #expect(federated.map(\.demand) == [.relative(0.01)] && federated.map(\.acceptedBits) == [7...7])
    }

    @Test func thePapersDeviceIsTold() {
        #expect(DeviceField.paperDevice.hasPrefix("local_iterations 1, samples_per_iteration 512, cycles_per_sample 3.25e6, "))
        #expect(DeviceField.paperDevice.contains("parameter_count 3.7e7, bits_per_parameter 8, time_budget_s 15"))
    }
}
