import Energy
import Testing

@Suite struct InputTests {
    /// The field that `make` is refused for; nil where nothing is thrown.
    private func refusedField(_ make: () throws -> Void) -> String? {
        do {
            try make()
            return nil
        } catch let error as EnergyInputError {
            return error.field
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [0, -1, .nan, .infinity, -.infinity, 1e300])
    func impossibleNumbersAreRefusedByName(value: Double) throws {
        let (compute, radio) = (try ComputeModel(), try RadioModel())
        #expect(refusedField { _ = try ComputeModel(cyclesPerSample: value) } == "cycles_per_sample")
        #expect(refusedField { _ = try ComputeModel(energyCoefficient: value) } == "energy_coefficient")
        #expect(refusedField { _ = try ComputeModel(frequencyMaxHertz: value) } == "frequency_max_hz")
        #expect(refusedField { _ = try RadioModel(bandwidthHertz: value) } == "bandwidth_hz")
        #expect(refusedField { _ = try RadioModel(channelGain: value) } == "channel_gain")
        #expect(refusedField { _ = try RadioModel(distanceMetres: value) } == "distance_m")
        #expect(refusedField { _ = try RadioModel(powerMaxWatts: value) } == "power_max_w")
        #expect(
            refusedField { _ = try DeviceEnergyProblem(compute: compute, radio: radio, payloadBits: value) } == "payload_bits")
        #expect(
            refusedField { _ = try DeviceEnergyProblem(compute: compute, radio: radio, payloadBits: 1, timeBudgetSeconds: value) }
                == "time_budget_s")
        #expect(refusedField { _ = try Algorithm1(tolerance: value) } == "tolerance")
    }

    @Test func lowerLimitsMayNotExceedUpperOnes() {
        #expect(refusedField { _ = try ComputeModel(frequencyMinHertz: 2e9) } == "frequency_min_hz")
        #expect(refusedField { _ = try ComputeModel(frequencyMinHertz: -1) } == "frequency_min_hz")
        #expect(refusedField { _ = try ComputeModel(frequencyMinHertz: .nan) } == "frequency_min_hz")
        #expect(refusedField { _ = try RadioModel(powerMinWatts: 2) } == "power_min_w")
        #expect(refusedField { _ = try RadioModel(pathLossExponent: -1) } == "path_loss_exponent")
        #expect(refusedField { _ = try RadioModel(noiseDBmPerMegahertz: .nan) } == "noise_dbm_per_mhz")
        #expect(refusedField { _ = try ComputeModel(localIterations: 0) } == "local_iterations")
        #expect(refusedField { _ = try ComputeModel(samplesPerIteration: -3) } == "samples_per_iteration")
    }

    @Test func theErrorNamesValueLimitAndWayOut() {
        let error = #expect(throws: EnergyInputError.self) { try RadioModel(distanceMetres: -3) }
        #expect(
            error?.description
                == "distance_m -3.0 m is outside 0.001...1000000000.0; give the distance to the server in metres, above 0")
    }
}
