import CKernels

/// Joining two activations along the channel axis.
extension ComputeContext {
    /// - Parameters:
    ///   - first: (..., A).
    ///   - second: (..., B), the same pixels.
    ///   - output: (..., A + B), overwritten; may not alias an input.
    package func concatenateForward(_ first: Tensor, _ second: Tensor, into output: Tensor) {
        let (pixels, a, b) = concatenationExtents(first, second, output)
        perform("concatenate.forward", on: ElementShape(output.count), movedWork(output)) {
            switch output.precision {
            case .float32:
                gd_f32_concatenate_forward__plain(pixels, a, b, first.base, second.base, output.base, threadCount)
            case .bfloat16:
                gd_bf16_concatenate_forward__plain(pixels, a, b, first.halves, second.halves, output.halves, threadCount)
            }
        }
    }

    /// Splits `dOutput` (..., A + B) into `dFirst` (..., A) and `dSecond` (..., B), both overwritten.
    package func concatenateBackward(dOutput: Tensor, into dFirst: Tensor, _ dSecond: Tensor) {
        let (pixels, a, b) = concatenationExtents(dFirst, dSecond, dOutput)
        perform("concatenate.backward", on: ElementShape(dOutput.count), movedWork(dOutput)) {
            switch dOutput.precision {
            case .float32:
                gd_f32_concatenate_backward__plain(pixels, a, b, dOutput.base, dFirst.base, dSecond.base, threadCount)
            case .bfloat16:
                gd_bf16_concatenate_backward__plain(pixels, a, b, dOutput.halves, dFirst.halves, dSecond.halves, threadCount)
            }
        }
    }

    private func movedWork(_ joined: Tensor) -> OperationWork {
        OperationWork(bytes: 2 * joined.count * joined.precision.bytes)
    }

    private func concatenationExtents(_ first: Tensor, _ second: Tensor, _ joined: Tensor) -> (Int64, Int64, Int64) {
        precondition(!first.shape.isEmpty && !second.shape.isEmpty, "concatenation of scalars")
        let (a, b) = (first.shape[first.shape.count - 1], second.shape[second.shape.count - 1])
        let pixels = first.count / max(a, 1)
        require(second, count: pixels * b, "second")
        require(joined, count: pixels * (a + b), "joined")
        return (Int64(pixels), Int64(a), Int64(b))
    }
}
