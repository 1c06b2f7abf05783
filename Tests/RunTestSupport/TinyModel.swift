import Foundation
import TestSupport

/// A pretraining run of the tiny model that tests of other commands share: six steps, trained once.
package enum TinyModel {
    private static let run: Result<TemporaryFolder, any Error> = Result {
        let folder = TemporaryFolder()
        let result = try Greendiff.run(
            "pretrain", "--preset", "tiny", "--steps", "6", "--batch-size", "2", "--checkpoint-every", "4", "--out",
            folder.path("run"))
        guard result.status == 0 else { throw Failed(errors: result.errors) }
        return folder
    }

    package struct Failed: Error { let errors: String }

    package static var runPath: String { get throws { try run.get().path("run") } }
    package static var path: String { get throws { try runPath + "/model" } }
    package static var weightsPath: String { get throws { try path + "/diffusion_pytorch_model.safetensors" } }
    package static var checkpointPath: String { get throws { try runPath + "/checkpoints/step-000000006" } }
}
