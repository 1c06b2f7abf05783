extension DeviceProfile {
    /// Products with published figures, without variation. `docs/devices.md` gives the source of each number and names those that are
    /// assumptions. Everything that is computed here is computed from published numbers by the rule of that page.
    package static let published = [raspberryPi4, raspberryPi5, jetsonOrinNano, phoneBig, phoneLittle, laptopX86]

    /// Four Cortex-A72 at 0.6 to 1.5 GHz. HPL reaches 11.433 GFLOP/s in double precision; 1.2 A under stress, 0.6 A idle, at 5.1 V.
    package static let raspberryPi4 = product(
        "raspberry-pi-4", frequencyHertz: 0.6e9...1.5e9, fullLoadWatts: (1.2 - 0.6) * 5.1, flopsPerCycle: 2 * 11.433 / 1.5,
        radio: .wifi, idlePowerWatts: 0.6 * 5.1)

    /// Four Cortex-A76 at 1.5 to 2.4 GHz. HPL reaches 30.249 GFLOP/s in double precision; 9.8 W under stress, 3.3 W idle.
    package static let raspberryPi5 = product(
        "raspberry-pi-5", frequencyHertz: 1.5e9...2.4e9, fullLoadWatts: 9.8 - 3.3, flopsPerCycle: 2 * 30.249 / 2.4,
        radio: .wifi, idlePowerWatts: 3.3)

    /// Six Cortex-A78AE at up to 1.51 GHz: 16 FLOP a cycle each, of which the Raspberry Pi 5's share is sustained. The power is an upper
    /// bound: the module's 15 W less the 2.18 W that it takes idle.
    package static let jetsonOrinNano = product(
        "jetson-orin-nano", frequencyHertz: 0.115e9...1.51e9, fullLoadWatts: 15 - 2.18,
        flopsPerCycle: 6 * 16 * ShareOfPeak.cortexA76,
        radio: .wifi, idlePowerWatts: 2.18)

    /// The big cluster of a Kirin 960: four Cortex-A73 at 0.903 to 2.362 GHz, 550 uW/MHz/V^2 each, 1.1 V at most.
    package static let phoneBig = product(
        "phone-big", frequencyHertz: 0.903e9...2.362e9, fullLoadWatts: 4 * 550e-6 * 2362 * 1.1 * 1.1,
        flopsPerCycle: 4 * 8 * ShareOfPeak.cortexA72, radio: .lte)

    /// The little cluster of a Kirin 960: four Cortex-A53 at 0.533 to 1.844 GHz, 110 uW/MHz/V^2 each, 1.1 V at most.
    package static let phoneLittle = product(
        "phone-little", frequencyHertz: 0.533e9...1.844e9, fullLoadWatts: 4 * 110e-6 * 1844 * 1.1 * 1.1,
        flopsPerCycle: 4 * 8 * ShareOfPeak.cortexA72, radio: .lte)

    /// Core i5-1135G7: four cores with two 256-bit FMA units, 28 W at the base frequency of 2.4 GHz.
    package static let laptopX86 = product(
        "laptop-x86", frequencyHertz: 0.4e9...2.4e9, fullLoadWatts: 28, flopsPerCycle: 4 * 32 * ShareOfPeak.kabyLake, radio: .wifi
    )

    /// Double-precision FLOP/s of HPL over the peak of the cores' FMA units: the share of the peak that well-tuned code sustains.
    enum ShareOfPeak {
        static let cortexA72 = 11.433 / (4 * 4 * 1.5)
        static let cortexA76 = 30.249 / (4 * 8 * 2.4)
        static let kabyLake = 72.472 / (4 * 16 * 2.4)
    }

    /// How a product reaches the server: power that it may send with and receives with, width of its channel.
    struct RadioClass {
        let transmitPowerWatts: ClosedRange<Double>
        let receiverPowerWatts: Double
        let bandwidthHertz: Double

        /// 20 dBm EIRP at most, a 20 MHz channel; 84.1 mA at 3.3 V to receive. The lowest power is an assumption.
        static let wifi = Self(transmitPowerWatts: 1e-6...0.1, receiverPowerWatts: 0.0841 * 3.3, bandwidthHertz: 20e6)
        /// Power class 3, 23 dBm at most and -40 dBm at least, a 20 MHz channel. No receiver power is given.
        static let lte = Self(transmitPowerWatts: 1e-7...0.2, receiverPowerWatts: 0, bandwidthHertz: 20e6)
    }

    static func product(
        _ name: String, frequencyHertz: ClosedRange<Double>, fullLoadWatts: Double, flopsPerCycle: Double, radio: RadioClass,
        idlePowerWatts: Double = 0
    ) -> DeviceProfile {
        DeviceProfile(
            name: name, frequencyMinHertz: frequencyHertz.lowerBound, frequencyMaxHertz: frequencyHertz.upperBound,
            fullLoadWatts: fullLoadWatts, flopsPerCycle: flopsPerCycle, powerMinWatts: radio.transmitPowerWatts.lowerBound,
            powerMaxWatts: radio.transmitPowerWatts.upperBound, bandwidthHertz: radio.bandwidthHertz...radio.bandwidthHertz,
            distanceMetres: 10...100, variation: 0, idlePowerWatts: idlePowerWatts,
            receiverPowerWatts: radio.receiverPowerWatts)
    }
}
