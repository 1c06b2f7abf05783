import ArgumentParser
import GreenDiffusion

/// What `predict` and `gradients` read and write.
struct TensorFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Model: a checkpoint's folder or builtin:NAME.", valueName: "dir"))
    var checkpoint: String

    @Option(help: ArgumentHelp("Safetensors file to read.", valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var computeOptions: ComputeOptions
    @OptionGroup var loggingOptions: LoggingOptions

    /// The pass that the options ask for. Starts the log.
    func forwardPass() throws -> ForwardPass {
        loggingOptions.start()
        return try ForwardPass(
            ModelSource(parsing: checkpoint, setting: "--checkpoint"), threads: threadOptions.threads,
            precision: computeOptions.precision ?? .float32, convolution: computeOptions.convolution)
    }
}

/// `greendiff predict`: one forward pass, to compare with other implementations.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict what a model says of given images: one forward pass.",
        discussion: """
            Reads tensors sample (N, C, H, W) float32 and timestep (N) int64, of conditional models also class_labels (N) int64; writes \
            noise (N, C, H, W): the noise, or v or the image where the model predicts that (prediction_type of its scheduler).

            EXAMPLE:
              greendiff predict --checkpoint runs/signs/model --input noisy.safetensors --output noise.safetensors
            """)

    @OptionGroup var files: TensorFileOptions

    func run() throws {
        try files.forwardPass().predict(files.input, to: files.output)
        StandardConsole.output.line("noise   \(files.output)")
    }
}

/// `greendiff gradients`: one forward and backward pass, to compare with other implementations.
struct GradientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gradients",
        abstract: "Compute the training loss and the gradient of every parameter, dropout off.",
        discussion: """
            Reads tensors sample (N, C, H, W) float32, the images x_0; noise (N, C, H, W) float32; timestep (N) int64; of conditional \
            models also class_labels (N) int64. x_t is formed inside. Writes one tensor a parameter under its checkpoint name, and loss (1).

            EXAMPLE:
              greendiff gradients --checkpoint runs/signs/model --input batch.safetensors --output gradients.safetensors
            """)

    @OptionGroup var files: TensorFileOptions

    func run() throws {
        let loss = try files.forwardPass().gradients(files.input, to: files.output)
        StandardConsole.output.line("loss       \(loss)")
        StandardConsole.output.line("gradients  \(files.output)")
    }
}
