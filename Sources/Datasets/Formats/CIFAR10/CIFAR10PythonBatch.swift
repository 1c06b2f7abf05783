/// A batch of CIFAR-10's Python version: a pickled dictionary with `data`, 3 x 32 x 32 bytes an image, and `labels`.
enum CIFAR10PythonBatch {
    /// The largest file that is taken for a batch; the published ones have 31 MB.
    static let fileLimit = 1 << 28

    /// Labels and planes as records of the binary version: a label byte, then the image's bytes plane by plane.
    static func records(_ bytes: [UInt8], imageBytes: Int, path: String) throws(DatasetError) -> [UInt8] {
        let batch: PickleValue
        do throws(PickleReader.Refusal) {
            batch = try PickleReader.read(bytes)
        } catch {
            throw refusal(path, "not a pickled batch (\(error.reason))")
        }
        guard let labels = batch["labels"]?.integers else { throw refusal(path, "no list of integers under 'labels'") }
        guard case .array(let array) = batch["data"] else { throw refusal(path, "no array of bytes under 'data'") }
        guard array.value.shape == [labels.count, imageBytes] else {
            throw refusal(path, "'data' has the shape \(array.value.shape), not \([labels.count, imageBytes])")
        }
        var records: [UInt8] = []
        records.reserveCapacity(labels.count * (imageBytes + 1))
        for (index, label) in labels.enumerated() {
            records.append(UInt8(exactly: label) ?? .max)
            records += array.value.bytes[index * imageBytes..<(index + 1) * imageBytes]
        }
        return records
    }

    private static func refusal(_ path: String, _ problem: String) -> DatasetError {
        DatasetError(source: path, problem: problem, remedy: "download CIFAR-10's Python or binary version again")
    }
}
