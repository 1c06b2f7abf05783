import GreenDiffusion
import Testing

@testable import greendiff

@Suite struct ErrorTextTests {
    @Test(arguments: [
        (
            FederatedRunError.interrupted(round: 2, rounds: 5, path: "runs/a"),
            "interrupted after round 2 of 5, saved; go on with `greendiff train --resume runs/a`"
        ),
        (
            .roundsBehind(path: "runs/a", done: 3, requested: 2),
            "--rounds 2 is below the 3 that runs/a has done; --rounds counts from the run's beginning"
        ),
        (
            .diverged(round: 2, reason: "device 1: diverged", path: "runs/a"),
            "round 2: device 1: diverged; all rounds before are safe: start again from them with "
                + "`greendiff train --init runs/a --learning-rate SMALLER`"
        ),
    ])
    func federatedRunsAreToldWithCommandLines(_ error: FederatedRunError, _ text: String) {
        #expect(ErrorText.line(error) == text)
        #expect(!"\(error)".contains("--") && !"\(error)".contains("greendiff"), "the library knows no flags")
    }

    @Test(arguments: [
        (
            RunDirectoryError.exists(path: "a"),
            "a already holds a run; go on with `greendiff train --resume a`, or choose another --out"
        ),
        (
            .damaged(run: "a", kind: .pretraining, path: "a/x", reason: "it is missing", older: 7),
            "a/x cannot be used: it is missing; put it back, or go on from the one before with "
                + "`greendiff pretrain --resume a --from-step 7`"
        ),
        (.busy(path: "a"), "a is in use by another greendiff process; wait for it or choose another --out"),
        (
            .settingChanged(setting: "seed", saved: "7", requested: "8"),
            "--resume keeps seed 7, not 8: another value would be another run; leave it out, or start a run of its own with "
                + "--config and --out"
        ),
    ])
    func runDirectoriesAreToldWithFlags(_ error: RunDirectoryError, _ text: String) {
        #expect(ErrorText.line(error) == text)
        #expect(!"\(error)".contains("--"), "the library knows no flags")
    }

    @Test(arguments: [
        (
            PretrainingError.decayIsFixed(path: "a", steps: 8, requested: 9),
            "--steps 9 would change the learning rates of a, whose cosine ends at 8; start from its model with "
                + "`--init a/model --out ANOTHER_DIR`"
        )
    ])
    func pretrainingIsToldWithFlags(_ error: PretrainingError, _ text: String) {
        #expect(ErrorText.line(error) == text)
        #expect(!"\(error)".contains("--"), "the library knows no flags")
    }

    @Test func anUnknownSettingLeadsToTheHelp() throws {
        #expect(
            ErrorText.line(ConfigurationError("run.yaml line 1:", "quux", "is not a setting", wayOut: nil))
                == "run.yaml line 1: quux is not a setting; see greendiff train --help")
    }
}
