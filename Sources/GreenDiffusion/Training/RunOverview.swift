import Datasets
import Energy
import Kernels
import Records

/// The facts of a run before it trains: what it trains, on what, within which budget.
public struct RunOverview: Sendable {
    /// The settings, with what depends on other settings filled in.
    public let configuration: RunConfiguration
    /// Parameters of the model.
    public let parameterCount: Int
    /// Floating-point operations that one training sample takes, as executed.
    public let flopsPerSample: Double
    /// What the data set calls itself.
    public let dataName: String
    /// What the classes are called that the model learns; nil in runs that are not conditional.
    public let classNames: [String]?
    /// What became of the files of the data set; nil where images are drawn.
    public let imageFiles: ImageFileCounts?
    /// What is done to images before the model sees them; nil where they are drawn.
    public let imageTreatment: String?
    /// How many images each device trains on.
    public let imagesOfDevices: [Int]
    /// What measures the distance of drawn images to training images; nil in runs that do not.
    public let distances: String?
    /// Images that no device trains on; nil where the data set is too small for any.
    public let imagesHeldOut: Int?
    /// Devices that train in a round.
    public let devicesPerRound: Int
    /// Seconds that a round may take.
    public let timeBudgetSeconds: Double
    /// What the devices' energies are modelled by.
    public let energyModels: [EnergyModel]
}

extension RunComponents {
    func overview(flopsPerSample: Double, timeBudgetSeconds: Double) -> RunOverview {
        RunOverview(
            configuration: configuration, parameterCount: model.layout.parameterCount, flopsPerSample: flopsPerSample,
            dataName: images.training.name, classNames: classes?.names, imageFiles: images.training.files,
            imageTreatment: configuration.data.treatment(size: images.training.size, cropMargin: configuration.crop),
            imagesOfDevices: images.counts, distances: distances?.text, imagesHeldOut: images.heldOut?.count,
            devicesPerRound: settings.devicesPerRound, timeBudgetSeconds: timeBudgetSeconds,
            energyModels: EnergyModel.allCases.filter { form in devices.contains { $0.processor.power.form == form } })
    }
}

extension FederatedRun {
    /// The facts of this run.
    public var overview: RunOverview {
        components.overview(
            flopsPerSample: server.state.warmUpFLOPsPerSample, timeBudgetSeconds: server.state.timeBudgetSeconds)
    }

    /// Threads that the run computes with.
    public var threads: Int { components.threads }
}
