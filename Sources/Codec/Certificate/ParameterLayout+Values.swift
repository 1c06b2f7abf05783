import Kernels

extension ParameterLayout.Entry {
    /// Magnitudes and squared norm of this tensor of `values`; throws the first value that cannot be coded.
    func statistics(_ values: Tensor, groupSize: Int, threads: Int) throws(CodecError) -> MagnitudeStatistics {
        let start = start(in: values)
        let statistics = MagnitudeStatistics(
            UnsafeRawPointer(start), geometry: GroupGeometry(count: count, groupSize: groupSize), threads: threads)
        if let index = statistics.firstRejected {
            throw .valueOutOfRange(tensor: name, index: index, value: start[index])
        }
        return statistics
    }

    /// This tensor's first element in `values`, which has the layout's elements.
    func start(in values: Tensor) -> UnsafePointer<Float> {
        precondition(offset + count <= values.count, "values of another layout")
        // SAFETY: the entry lies inside `values`.
        return UnsafePointer(values.base) + offset
    }
}
