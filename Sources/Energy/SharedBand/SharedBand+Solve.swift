extension SharedBand {
    /// The optimal allocation, to rounding. The result does not depend on `threads`, and follows the devices when they are reordered, both
    /// to the bit.
    ///
    /// Devices that miss their time budget even with the whole band to themselves are left out, and the others planned. Where those need
    /// more than the band together there is no plan, but `SharedBandPlan.shortage`.
    public func solve(threads: Int = 1) -> SharedBandPlan {
        let fits = parallelMap(devices.count, threads: threads) { index in fitsAlone(index) }
        let served = devices.indices.filter { fits[$0] }
        guard !served.isEmpty else { return SharedBandPlan(self, served: [], allocation: .empty) }
        var blocks = DeviceBlocks(count: served.count, threads: threads) { place in devices[served[place]] }
        let limit = 4 * totalBandwidthHertz
        let needed = blocks.totalSmallest(limit: limit)
        guard needed <= totalBandwidthHertz else {
            let shortage = SharedBandShortage(self, served: served, blocks: blocks)
            return SharedBandPlan(self, served: served, allocation: .shortage(shortage))
        }
        let price = BandPrice(band: totalBandwidthHertz, needed: needed, start: firstPrice(served, threads: threads)) { price in
            blocks.totalDemand(price: price, limit: limit)
        }
        let bandwidths = fitted(blocks.demands(price: price.joulesPerHertz), smallest: blocks.smallest())
        let summary = SharedBandSummary(
            self, served: served, bandwidths: bandwidths, price: price.joulesPerHertz, threads: threads)
        return SharedBandPlan(self, served: served, allocation: .bandwidths(bandwidths, summary))
    }

    /// What any allocation comes to, with the certificate of its own: for checks of the solver.
    ///
    /// - Parameter bandwidthsHertz: of all devices, each enough for its device (precondition: as many as devices).
    package func summary(bandwidthsHertz: [Double], priceJoulesPerHertz: Double) -> SharedBandSummary {
        precondition(bandwidthsHertz.count == devices.count, "\(bandwidthsHertz.count) bandwidths for \(devices.count) devices")
        return SharedBandSummary(
            self, served: Array(devices.indices), bandwidths: bandwidthsHertz, price: priceJoulesPerHertz, threads: 1)
    }

    /// The smallest time budget, the same for all, at which the band serves every device; nil for no devices.
    public func smallestTimeBudgetSeconds(threads: Int = 1) -> Double? {
        guard !devices.isEmpty else { return nil }
        return SharedBandShortage.smallestTimeBudgetSeconds(self, served: Array(devices.indices), threads: threads)
    }

    /// The bandwidths stretched to fill the band: what each device takes above its need, times one factor near 1. (The demand of a device
    /// whose training takes next to none of its time is known to some 1e-7 only.)
    private func fitted(_ bandwidths: [Double], smallest: [Double]) -> [Double] {
        let bandwidths = zip(bandwidths, smallest).map { max($0, $1) }
        let used = ReproducibleSum.of(bandwidths, largest: 4 * totalBandwidthHertz)
        let needed = ReproducibleSum.of(smallest, largest: 4 * totalBandwidthHertz)
        let unused = totalBandwidthHertz - used
        // What is left of a good price's demand would only be rounding.
        guard used > needed, unused < 0 || unused > 2 * BandPrice.tolerance(band: totalBandwidthHertz, needed: needed) * used
        else {
            return bandwidths
        }
        let part = min(max(0, (totalBandwidthHertz * (1 - 1e-15) - needed) / (used - needed)), 2)
        return zip(bandwidths, smallest).map { $1 + part * ($0 - $1) }
    }

    private func fitsAlone(_ index: Int) -> Bool {
        onBand(index, totalBandwidthHertz).smallestTimeBudgetSeconds <= devices[index].timeBudgetSeconds
    }

    /// A first guess of the price. Demand falls about as its square root: the guess is the square of the mean root of the devices' shadow
    /// prices on equal parts of the band, with half the time for sending.
    private func firstPrice(_ served: [Int], threads: Int) -> Double {
        let equal = totalBandwidthHertz / Double(served.count)
        let roots = parallelMap(served.count, threads: threads) { place in
            let device = devices[served[place]]
            let seconds = max(device.availableSeconds - device.shortestComputeSeconds, BandLanes.shortestSeconds) / 2
            let nats = naturalLogarithmOfTwo * device.payloadBits / (equal * seconds)
            return (seconds * device.radio.noiseDensity / device.radio.pathGain * marginalShape(min(nats, 100))).squareRoot()
        }
        let mean = ReproducibleSum.of(roots) / Double(roots.count)
        return max(mean * mean, .leastNormalMagnitude)
    }
}
