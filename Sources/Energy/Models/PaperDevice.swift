/// The paper's device (docs/equations.md section 2): what every model takes where nothing else is said.
public enum PaperDevice {
    /// `I`: local iterations a round.
    public static let localIterations = 1
    /// `D`: samples in one local iteration.
    public static let samplesPerIteration = 512
    /// `C`: CPU cycles a sample.
    public static let cyclesPerSample = 3.25e6
    /// `tau`: energy coefficient, J*s^2/cycle^3.
    public static let energyCoefficient = 1e-26
    /// Lowest CPU frequency, Hz.
    public static let frequencyMinHertz = 1e7
    /// Highest CPU frequency, Hz.
    public static let frequencyMaxHertz = 1e9
    /// `B`: bandwidth, Hz.
    public static let bandwidthHertz = 50e6
    /// `h2`: channel power gain at one metre.
    public static let channelGain = 1e-3
    /// `d`: distance to the server, m.
    public static let distanceMetres = 45.0
    /// `eta`: the gain falls with `d^-eta`.
    public static let pathLossExponent = 3.76
    /// Noise power-spectral density, dBm/MHz.
    public static let noiseDBmPerMegahertz = -95.0
    /// Lowest transmit power, W.
    public static let powerMinWatts = 1e-4
    /// Highest transmit power, W.
    public static let powerMaxWatts = 1.0
    /// Parameters of the model that it sends.
    public static let parameterCount = 37e6
    /// The highest of the paper's widths, 6 to 8.
    public static let bitsPerParameter = 8.0
    /// `T`: seconds for training and sending.
    public static let timeBudgetSeconds = 15.0
}
