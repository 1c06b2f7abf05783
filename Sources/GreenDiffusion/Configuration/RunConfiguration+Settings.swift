import Codec
import Datasets
import FedRuntime
import Kernels
import Model

extension RunConfiguration {
    /// Sets one setting from its text, as a flag or a YAML file gives it.
    ///
    /// - Throws: the setting, the value, its limit and the way out. The configuration is unchanged then.
    public mutating func set(_ setting: Setting, to text: String, from origin: SettingOrigin = .flag) throws(ConfigurationError) {
        let value = SettingValue(name: origin.name(of: setting), text: text)
        switch setting {
        case .data: data = try DataSpecification(parsing: text, setting: value.name)
        case .images: images = try value.integer(in: 1...10_000_000)
        case .crop: crop = try value.number(from: 0, upTo: 1)
        case .preset: preset = try value.choice()
        case .initial: initial = try ModelSource(parsing: text, setting: value.name)
        case .devices: devices = try DeviceSource(parsing: value)
        case .select: select = try value.integer(in: 1...Self.deviceLimit)
        case .partition: partition = try PartitionRule(parsing: value)
        case .rounds: rounds = try value.integer(in: 1...1_000_000)
        case .localIterations: localIterations = try value.integer(in: 1...1_000_000)
        case .batchSize: batchSize = try value.integer(in: 1...4096)
        case .learningRate: learningRate = try value.number(above: 0, upTo: 1)
        case .averageDecay: averageDecay = try value.number(above: 0, upTo: 1)
        case .seed: seed = try value.seed()
        case .threads: threads = try value.integer(in: 1...1024)
        case .convolution: convolution = try value.choice()
        case .evaluateEvery: evaluateEvery = try value.integer(in: 0...1_000_000)
        case .sampleEvery: sampleEvery = try value.integer(in: 0...1_000_000)
        case .keepCheckpoints: keepCheckpoints = try value.integer(in: 1...1_000_000)
        case .scheme, .bits, .grid, .groupSize, .payload, .demand, .rule, .workload, .timeBudget:
            try setTransmission(setting, value)
        case .aggregation, .trimFraction, .normBound, .serverOptimizer, .serverLearningRate, .serverMomentum:
            try setAggregation(setting, value)
        case .profiles, .distance, .allowLonger, .fading, .shadowing, .downlinkRate, .receiverPower, .idlePower, .gridIntensity:
            try setSurroundings(setting, value)
        }
    }

    /// The settings of what the server makes of the devices' frames.
    private mutating func setAggregation(_ setting: Setting, _ value: SettingValue) throws(ConfigurationError) {
        switch setting {
        case .aggregation: aggregation = try value.choice()
        case .trimFraction: trimFraction = try value.number(above: 0, upTo: 0.5)
        case .normBound: normBound = try value.number(above: 0, upTo: 1e30)
        case .serverOptimizer: serverOptimizer = try value.choice()
        case .serverLearningRate: serverLearningRate = try value.number(above: 0, upTo: 1000)
        case .serverMomentum: serverMomentum = try value.number(from: 0, upTo: 0.9999)
        default: preconditionFailure("\(setting) is not about aggregation")
        }
    }

    /// The settings of what devices send and may spend.
    private mutating func setTransmission(_ setting: Setting, _ value: SettingValue) throws(ConfigurationError) {
        switch setting {
        case .scheme: scheme = try value.choice()
        case .bits: bits = try value.bits()
        case .grid: grid = try value.choice(of: QuantizationGrid.names)
        case .groupSize: groupSize = try value.integer(in: 0...Int(UInt32.max))
        case .payload: payload = try value.choice(of: PayloadKind.names)
        case .demand: demand = try value.demand()
        case .rule: rule = try value.choice()
        case .workload: workload = try value.choice(of: Workload.names)
        case .timeBudget: timeBudget = value.text == "auto" ? .automatic : .seconds(try value.number(above: 0, upTo: 1e12))
        default: preconditionFailure("\(setting) is not about transmission")
        }
    }

    /// A setting's value as `set(_:to:)` reads it; nil where it has none.
    public func text(of setting: Setting) -> String? {
        switch setting {
        case .data: data.text
        case .images: images.map(String.init)
        case .crop: crop.map { "\($0)" }
        case .preset: preset?.rawValue
        case .initial: initial?.text
        case .devices: devices.text
        case .profiles, .distance, .allowLonger, .fading, .shadowing, .downlinkRate, .receiverPower, .idlePower, .gridIntensity:
            surroundingsText(of: setting)
        case .select: select.map(String.init)
        case .partition: partition.text
        case .rounds: String(rounds)
        case .localIterations: String(localIterations)
        case .batchSize: String(batchSize)
        case .learningRate: "\(learningRate)"
        case .scheme: scheme.rawValue
        case .bits: bits.count == 1 ? "\(bits.lowerBound)" : "\(bits.lowerBound):\(bits.upperBound)"
        case .grid: grid.name
        case .groupSize: String(groupSize)
        case .payload: payload.name
        case .demand:
            demand.lowerBound == demand.upperBound ? "\(demand.lowerBound)" : "\(demand.lowerBound):\(demand.upperBound)"
        case .rule: rule.rawValue
        case .workload: workload == .measured ? "measured" : "paper"
        case .timeBudget: timeBudget.text
        case .aggregation: aggregation.rawValue
        case .trimFraction: trimFraction.map { "\($0)" }
        case .normBound: normBound.map { "\($0)" }
        case .serverOptimizer: serverOptimizer.rawValue
        case .serverLearningRate: serverLearningRate.map { "\($0)" }
        case .serverMomentum: serverMomentum.map { "\($0)" }
        case .averageDecay: "\(averageDecay)"
        case .evaluateEvery: String(evaluateEvery)
        case .sampleEvery: String(sampleEvery)
        case .keepCheckpoints: String(keepCheckpoints)
        case .seed: String(seed)
        case .threads: threads.map(String.init)
        case .convolution: convolution?.rawValue
        }
    }

    /// Largest number of devices of one run.
    static let deviceLimit = 1_000_000
}
