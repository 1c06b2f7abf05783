import Foundation
import Records

/// Turns training steps and finished rounds into progress.
final class ProgressMeter {
    private let observer: (RunProgress) -> Void
    private var progress: RunProgress
    private var imagesInRound = 0
    private var imagesDone = 0
    private var imagesTotal = 0
    private var secondsTotal = 0.0
    private var lastStep = 0.0

    init(completedRounds: Int, last: RoundRecord?, observer: @escaping (RunProgress) -> Void) {
        self.observer = observer
        progress = RunProgress(completedRounds: completedRounds, fraction: 0, imagesPerSecond: 0, last: last, isRoundEnd: false)
    }

    func beginRound(images: Int) {
        (imagesInRound, imagesDone) = (images, 0)
        lastStep = ProcessInfo.processInfo.systemUptime
    }

    func step(images: Int) {
        let now = ProcessInfo.processInfo.systemUptime
        secondsTotal += now - lastStep
        lastStep = now
        imagesDone += images
        imagesTotal += images
        progress.fraction = Double(imagesDone) / Double(max(1, imagesInRound))
        progress.imagesPerSecond = Double(imagesTotal) / max(secondsTotal, 1e-9)
        (progress.isRoundEnd, progress.emptyRound, progress.notices) = (false, nil, [])
        observer(progress)
    }

    func evaluate(_ share: Double) {
        (progress.evaluation, progress.isRoundEnd, progress.emptyRound, progress.notices) = (share, false, nil, [])
        observer(progress)
    }

    func finishRound(_ record: RoundRecord, empty: EmptyRound?, notices: [String]) {
        (progress.completedRounds, progress.fraction, progress.evaluation) = (record.round, 0, nil)
        (progress.last, progress.isRoundEnd, progress.emptyRound, progress.notices) = (record, true, empty, notices)
        observer(progress)
    }
}
