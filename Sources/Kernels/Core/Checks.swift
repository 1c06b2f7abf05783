/// Stops on a programmer's mistake: a tensor whose element count does not match the operation's.
@inline(__always)
func require(_ tensor: Tensor, count: Int, _ name: StaticString) {
    precondition(tensor.count == count, "\(name) has shape \(tensor.shape), expected \(count) elements")
}

/// Bytes of `count` float32 values.
@inline(__always)
func floatBytes(_ count: Int) -> Int { count * MemoryLayout<Float>.stride }
