import CKernels

extension ComputeContext {
    /// Rows of a table: row n of `output` is row `indices[n]` of `weight`, as PyTorch's `embedding`.
    ///
    /// - Parameters:
    ///   - indices: N rows of the table (precondition).
    ///   - weight: the table, (R, T).
    ///   - output: (N, T), overwritten.
    package func embeddingForward(indices: [Int], weight: Tensor, into output: Tensor) {
        let width = requireRows(indices, of: weight, output)
        perform("embedding", on: ElementShape(output.count), OperationWork(flops: 0, bytes: 2 * floatBytes(output.count))) {
            for (n, index) in indices.enumerated() {
                // SAFETY: `index < R` and `n < N`: both rows lie inside their tensors.
                let (row, target) = (weight.base + index * width, output.base + n * width)
                for i in 0..<width { target[i] = row[i] }
            }
            return GD_OK
        }
    }

    /// Adds row n of `dOutput` to row `indices[n]` of `dWeight`, in the order of n: indices may repeat.
    ///
    /// - Parameters:
    ///   - indices: N rows of the table (precondition).
    ///   - dOutput: (N, T).
    ///   - dWeight: the table's gradient, (R, T).
    package func embeddingBackward(indices: [Int], dOutput: Tensor, accumulatingInto dWeight: Tensor) {
        let width = requireRows(indices, of: dWeight, dOutput)
        let work = OperationWork(flops: dOutput.count, bytes: 3 * floatBytes(dOutput.count))
        perform("embeddingBackward", on: ElementShape(dOutput.count), work) {
            for (n, index) in indices.enumerated() {
                // SAFETY: `index < R` and `n < N`: both rows lie inside their tensors.
                let (row, source) = (dWeight.base + index * width, dOutput.base + n * width)
                for i in 0..<width { row[i] += source[i] }
            }
            return GD_OK
        }
    }

    /// Checks the shapes of a table and N of its rows, and that the rows are there; returns their width.
    private func requireRows(_ indices: [Int], of table: Tensor, _ rows: Tensor) -> Int {
        precondition(table.shape.count == 2 && rows.shape == [indices.count, table.shape[1]], "rows of shape \(rows.shape)")
        precondition(indices.allSatisfy { $0 >= 0 && $0 < table.shape[0] }, "a row outside a table of shape \(table.shape)")
        return table.shape[1]
    }
}
