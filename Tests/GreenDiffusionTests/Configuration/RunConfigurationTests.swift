import Foundation
import GreenDiffusion
import Storage
import TestSupport
import Testing

@Suite struct RunConfigurationTests {
    /// Every setting with a value other than its default.
    private static let unusual: [(Setting, String)] = [
        (.data, "gtsrb:/data/GTSRB"), (.crop, "0.125"), (.skipUnreadable, "on"), (.preset, "tiny"), (.devices, "7"),
        (.select, "3"),
        (.partition, "dirichlet:0.25"), (.rounds, "11"), (.localIterations, "9"), (.batchSize, "5"), (.learningRate, "3e-05"),
        (.scheme, "fixed"), (.bits, "7"), (.grid, "zero"), (.groupSize, "64"), (.payload, "weights"), (.demand, "0.0003:0.004"),
        (.errorFeedback, "3"), (.downlinkBits, "5"), (.downlinkDemand, "0.003"), (.rule, "theorem1"), (.bitPlanning, "system"),
        (.aggregateError, "0.0007"),
        (.workload, "paper"), (.energyModel, "smooth"), (.timeBudget, "12.5"), (.averageDecay, "0.99"), (.evaluateEvery, "2"),
        (.sampleEvery, "0"), (.keepCheckpoints, "4"), (.compareSchemes, "off"), (.seed, "18446744073709551615"), (.threads, "3"),
        (.precision, "bfloat16"), (.convolution, "winograd2"), (.normBound, "12.5"), (.serverOptimizer, "fedadam"),
        (.serverLearningRate, "0.02"), (.serverMomentum, "0.75"), (.aggregation, "trimmed-mean"), (.trimFraction, "0.25"),
        (.profiles, "raspberry-pi-4,laptop-x86"), (.distance, "12.5:40.0"), (.allowLonger, "30.0"),
        (.fading, "trace:/data/gains.csv"),
        (.shadowing, "6.5"), (.downlinkRate, "2000000.0"), (.planDownlink, "on"), (.serverPower, "35.0"),
        (.receiverPower, "0.25"), (.idlePower, "1.5"),
        (.gridIntensity, "481.0"), (.warmUp, "2"), (.decay, "cosine"), (.proximal, "0.5"), (.prediction, "v_prediction"),
        (.noiseSchedule, "squaredcos_cap_v2"), (.zeroSNR, "on"), (.lossWeighting, "min-snr:5.0"),
        (.timestepSampling, "speed:0.7:5.0"),
        (.conditional, "on"), (.labelDropout, "0.25"), (.features, "/data/lite0.safetensors"), (.distanceImages, "99"),
    ]

    @Test func everySettingSurvivesTheFile() throws {
        var configuration = RunConfiguration()
        for (setting, text) in Self.unusual {
            let before = configuration
            try configuration.set(setting, to: text)
            #expect(configuration != before, "\(setting) must change something")
            #expect(configuration.text(of: setting) == text)
        }
        let folder = TemporaryFolder()
        try configuration.yaml().write(toFile: folder.path("run.yaml"), atomically: true, encoding: .utf8)
        var reread = RunConfiguration()
        try reread.override(fromYAMLFile: folder.path("run.yaml"))
        #expect(reread == configuration)
        #expect(Set(Self.unusual.map(\.0)).union([.images, .initial]) == Set(Setting.allCases), "a setting is not tested")
    }

    @Test func everyPropertyHasOneEntryInTheTable() {
        // What is learned is one property with five entries.
        let learned = SettingGroup.allCases.filter { $0.title == "What is learned" }.flatMap(\.settings)
        #expect(
            Mirror(reflecting: RunConfiguration()).children.count + learned.count - 1 == Setting.allCases.count)
        #expect(Set(Setting.allCases.map(\.name)).count == Setting.allCases.count)
        for setting in Setting.allCases {
            #expect(Setting.named(setting.name) == setting)
            #expect(!setting.help.isEmpty && !setting.help.hasSuffix(".") && !setting.defaultText.isEmpty, "\(setting)")
        }
    }

    /// What `config.yaml` of a run with defaults holds, byte for byte: other programs and older runs rely on names and order.
    @Test func theFileOfDefaultsIsAsEver() throws {
        let expected = """
            data: synthetic
            images: 5120
            preset: small
            devices: 10
            partition: dirichlet:0.5
            rounds: 30
            local-iterations: 4
            batch-size: 16
            learning-rate: 0.0002
            scheme: on-demand
            bits: 2:8
            grid: lattice
            group-size: 256
            payload: change
            demand: 0.02:0.09
            error-feedback: 0
            rule: measured
            bit-planning: device
            workload: measured
            time-budget: auto
            allow-longer: 0.0
            fading: rayleigh
            shadowing: 0.0
            downlink-rate: 13000000.0
            aggregation: mean
            server-optimizer: fedavg
            ema-decay: 0.9999
            evaluate-every: 5
            sample-every: 10
            keep-checkpoints: 2
            compare-schemes: on
            seed: 0

            """
        #expect(try RunConfiguration().resolved().yaml() == expected)
    }

    @Test func syntheticImagesAndStartSurviveTheFile() throws {
        var configuration = RunConfiguration()
        for (setting, text) in [(Setting.images, "99"), (.initial, "builtin:signs-small"), (.data, "synthetic:night")] {
            try configuration.set(setting, to: text)
        }
        let folder = TemporaryFolder()
        try configuration.yaml().write(toFile: folder.path("run.yaml"), atomically: true, encoding: .utf8)
        var reread = RunConfiguration()
        try reread.override(fromYAMLFile: folder.path("run.yaml"))
        #expect(reread == configuration)
    }

    @Test func theDefaultResolvesToItself() throws {
        let resolved = try RunConfiguration().resolved()
        #expect(resolved.preset == .small && resolved.images == 5120)
        #expect(try resolved.resolved() == resolved)
    }

    @Test(
        arguments: [
            ([:], "2:8", "0.02:0.09"), ([.payload: "weights"], "2:8", "0.0001:0.002"), ([.grid: "paper"], "6:8", "0.02:0.09"),
            ([.payload: "weights", .grid: "zero", .bits: "4", .demand: "0.01"], "4", "0.01"),
        ] as [([Setting: String], String, String)])
    func bitsAndDemandFollowFromGridAndPayload(_ settings: [Setting: String], _ bits: String, _ demand: String) throws {
        var configuration = RunConfiguration()
        for (setting, text) in settings { try configuration.set(setting, to: text) }
        let resolved = try configuration.resolved()
        #expect(resolved.text(of: .bits) == bits && resolved.text(of: .demand) == demand)
        #expect(try resolved.resolved() == resolved)
    }

    @Test func theTrimmedMeanResolvesToItsShare() throws {
        var configuration = RunConfiguration()
        try configuration.set(.aggregation, to: "trimmed-mean")
        let resolved = try configuration.resolved()
        #expect(resolved.text(of: .trimFraction) == "0.1")
        #expect(try resolved.resolved() == resolved)
    }

    @Test(arguments: [("fedavg", nil, nil), ("fedavgm", "1.0", "0.9"), ("fedadam", "0.001", "0.9")])
    func serverOptimisersResolveToTheirDefaults(_ name: String, _ rate: String?, _ momentum: String?) throws {
        var configuration = RunConfiguration()
        try configuration.set(.serverOptimizer, to: name)
        let resolved = try configuration.resolved()
        #expect(resolved.text(of: .serverLearningRate) == rate && resolved.text(of: .serverMomentum) == momentum)
        #expect(try resolved.resolved() == resolved)
    }

    @Test(arguments: [
        (Setting.bits, "9", ["bits 9", "2...8", "use bits 8"]),
        (.bits, "1", ["bits 1", "2...8", "use bits 2"]),
        (.bits, "8:6", ["8:6", "backwards", "use 6:8"]),
        (.bits, "x", ["bits x", "use 8, or 6:8"]),
        (.rounds, "0", ["rounds 0", "outside 1...1000000", "use 1 to 1000000"]),
        (.rounds, "1.5", ["rounds 1.5", "whole number"]),
        (.rounds, "99999999999999999999", ["whole number"]),
        (.devices, "0", ["devices 0", "use 1 to"]),
        (.select, "-1", ["select -1", "use 1 to"]),
        (.batchSize, "4097", ["batch-size 4097", "4096"]),
        (.learningRate, "0", ["learning-rate 0", "above 0"]),
        (.learningRate, "nan", ["learning-rate nan", "not a number"]),
        (.learningRate, "inf", ["learning-rate inf", "not a number"]),
        (.timeBudget, "-3", ["time-budget -3", "above 0"]),
        (.timeBudget, "soon", ["time-budget soon", "not a number"]),
        (.demand, "0", ["demand 0", "above 0"]),
        (.demand, "0.01:0.001", ["backwards", "use 0.001:0.01"]),
        (.partition, "dirichlet", ["partition dirichlet", "dirichlet:0.5"]),
        (.partition, "dirichlet:0", ["above 0"]),
        (.scheme, "free", ["scheme free", "on-demand, fixed, fedavg"]),
        (.grid, "linear", ["paper, zero, lattice"]),
        (.payload, "gradients", ["weights, change"]),
        (.rule, "guess", ["measured, theorem1"]),
        (.bitPlanning, "all", ["bit-planning all", "device, system"]),
        (.aggregateError, "0", ["aggregate-error 0", "above 0"]),
        (.workload, "huge", ["measured, paper"]),
        (.preset, "huge", ["tiny, small, ddpm-cifar10"]),
        (.data, "imagenet:/x", ["data imagenet:/x", "cifar10:DIR"]),
        (.data, "gtsrb", ["data gtsrb", "names no folder", "gtsrb:DIR"]),
        (.data, "synthetic:dusk", ["synthetic: dusk", "day, night, rain"]),
        (.initial, "builtin:", ["names no model"]),
        (.seed, "-1", ["seed -1", "2^64"]),
        (.threads, "0", ["threads 0", "1 to 1024"]),
        (.groupSize, "-1", ["group-size -1"]),
        (.averageDecay, "2", ["ema-decay 2", "at most 1"]),
        (.crop, "-0.5", ["crop -0.5", "from 0"]),
        (.aggregation, "sum", ["aggregation sum", "mean, trimmed-mean, median"]),
        (.trimFraction, "0.6", ["trim-fraction 0.6", "at most 0.5"]),
        (.normBound, "0", ["norm-bound 0", "above 0"]),
        (.serverOptimizer, "adam", ["server-optimizer adam", "fedavg, fedavgm, fedadam"]),
        (.serverLearningRate, "0", ["server-learning-rate 0", "above 0"]),
        (.serverMomentum, "1", ["server-momentum 1", "from 0"]),
        (.demand, "bytes:0", ["demand 0", "use 1 to"]), (.demand, "energy:-1", ["above 0"]),
        (.downlinkBits, "6:8", ["downlink-bits 6:8", "one width"]),
        (.downlinkDemand, "0.6", ["downlink-demand 0.6", "at most 0.5"]),
        (.downlinkBits, "9", ["outside 2...8", "downlink-bits 8"]),
        (.skipUnreadable, "maybe", ["skip-unreadable maybe", "on, off"]),
        (.compareSchemes, "maybe", ["compare-schemes maybe", "on, off"]),
        (.errorFeedback, "-1", ["error-feedback -1", "use 0 to"]),
    ])
    func badValuesAreRefusedWithTheWayOut(_ setting: Setting, _ text: String, _ parts: [String]) {
        var configuration = RunConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.set(setting, to: text) }
        let message = "\(error.map { "\($0)" } ?? "")"
        for part in parts { #expect(message.contains(part), "'\(message)' lacks '\(part)'") }
        #expect(message.contains("; ") && !message.contains("\n"))
        #expect(configuration == RunConfiguration(), "a refused value must change nothing")
    }

    @Test(arguments: [
        ([(Setting.select, "11")], ["select 11", "10 devices"]),
        ([(.scheme, "fixed")], ["bits 2:8", "fixed"]),
        ([(.images, "5")], ["images 5", "10 devices"]),
        ([(.data, "folder:/x"), (.images, "50")], ["images 50", "folder:/x"]),
        ([(.partition, "folders"), (.data, "gtsrb:/x")], ["partition folders", "gtsrb:/x", "folder:DIR"]),
        ([(.crop, "0.1")], ["crop 0.1", "gtsrb:DIR"]),
        ([(.trimFraction, "0.2"), (.aggregation, "median")], ["trim-fraction 0.2", "median", "trimmed-mean"]),
        ([(.serverLearningRate, "0.5")], ["server-learning-rate 0.5", "fedavg", "fedavgm or fedadam"]),
        ([(.aggregateError, "0.001")], ["aggregate-error 0.001", "bit-planning system"]),
        ([(.bitPlanning, "system"), (.scheme, "fedavg")], ["bit-planning system", "fedavg", "scheme on-demand"]),
        ([(.bitPlanning, "system"), (.rule, "theorem1")], ["bit-planning system", "theorem1", "rule measured"]),
        ([(.serverMomentum, "0.5")], ["server-momentum 0.5", "fedavg", "fedavgm or fedadam"]),
    ])
    func settingsThatDoNotGoTogetherAreRefused(_ settings: [(Setting, String)], _ parts: [String]) throws {
        var configuration = RunConfiguration()
        for (setting, text) in settings { try configuration.set(setting, to: text) }
        let error = #expect(throws: ConfigurationError.self) { try configuration.resolved() }
        let message = "\(error.map { "\($0)" } ?? "")"
        for part in parts { #expect(message.contains(part), "'\(message)' lacks '\(part)'") }
    }

    /// Each key holds the one before it twice.
    private static let nestedAliases =
        "a: &a0 1\n" + (1...30).map { "? &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n: 1\n" }.joined()

    @Test func settingsWithoutAValueStayAsTheyAre() throws {
        var configuration = RunConfiguration()
        try configuration.override(
            fromYAML:
                "\u{FEFF}# *** a run ***\nrounds:\nseed: null\nbits: ~\nbatch-size: 7\nlocal-iterations: &n 3\ndevices: *n\n",
            path: "run.yaml")
        var expected = RunConfiguration()
        for (setting, text) in [(Setting.batchSize, "7"), (.localIterations, "3"), (.devices, "3")] {
            try expected.set(setting, to: text)
        }
        #expect(configuration == expected)
    }

    @Test(arguments: [
        ("rounds: 3\nlerning-rate: 0.1\n", ["line 2", "lerning-rate", "did you mean learning-rate?"]),
        ("quux: 1\n", ["quux", "Setting.allCases"]),
        ("rounds: [1, 2]\n", ["run.yaml: rounds", "not a single value"]),
        ("- rounds\n", ["holds no settings"]),
        ("rounds: 0\n", ["run.yaml: rounds 0", "outside"]),
        ("rounds: \"3\n", ["not YAML", "line"]),
        ("rounds: 3\nseed: 1\nrounds: 4\n", ["run.yaml", "has rounds twice"]),
        ("? [*a, *a]\n: 1\n", ["not YAML", "undefined alias"]),
        (nestedAliases, ["run.yaml", "more than 8 aliases"]),
        ("seed: " + String(repeating: "9", count: 5_000) + "\n", ["run.yaml: seed", "..."]),
        ("? " + String(repeating: "x", count: 5_000) + "\n: 1\n", ["line 1", "xxx...", "not a setting"]),
    ])
    func badFilesAreRefusedByName(_ text: String, _ parts: [String]) throws {
        let folder = TemporaryFolder()
        try text.write(toFile: folder.path("run.yaml"), atomically: true, encoding: .utf8)
        var configuration = RunConfiguration()
        let error = #expect(throws: ConfigurationError.self) {
            try configuration.override(fromYAMLFile: folder.path("run.yaml"))
        }
        let message = "\(error.map { "\($0)" } ?? "")"
        for part in parts { #expect(message.contains(part), "'\(message)' lacks '\(part)'") }
        #expect(!message.contains("\n"))
    }

    @Test func anEmptyFileAndCommentsChangeNothing() throws {
        let folder = TemporaryFolder()
        try "# nothing\n".write(toFile: folder.path("run.yaml"), atomically: true, encoding: .utf8)
        var configuration = RunConfiguration()
        try configuration.override(fromYAMLFile: folder.path("run.yaml"))
        #expect(configuration == RunConfiguration())
        #expect(throws: FileError.missing(path: folder.path("no.yaml"))) {
            try configuration.override(fromYAMLFile: folder.path("no.yaml"))
        }
    }
}
