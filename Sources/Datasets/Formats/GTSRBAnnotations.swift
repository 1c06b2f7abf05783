import ImageFiles

/// One row of a `GT-*.csv` file.
struct GTSRBAnnotation: Equatable, Sendable {
    let line: Int
    let filename: String
    let classID: Int
    /// The sign's box, corners included.
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int

    /// Frames of one sign share the number before the underscore of `TRACK_FRAME.ppm`; nil where there is none.
    var track: Int? {
        let parts = filename.split(separator: "_")
        return parts.count == 2 ? Int(parts[0]) : nil
    }

    /// The box grown by `margin` of its larger side and cut to the image.
    func crop(margin: Double, width: Int, height: Int) -> PixelRectangle? {
        guard 0 <= left, left < right, right < width, 0 <= top, top < bottom, bottom < height else { return nil }
        let extra = Int((margin * Double(max(right - left, bottom - top) + 1)).rounded())
        let (x, y) = (max(0, left - extra), max(0, top - extra))
        return PixelRectangle(
            x: x, y: y, width: min(width - 1, right + extra) - x + 1, height: min(height - 1, bottom + extra) - y + 1)
    }
}

/// The annotation files of GTSRB: `;` between columns, a header line, CRLF or LF.
enum GTSRBAnnotationFile {
    private static let columns = ["Filename", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId"]

    /// The rows of `bytes`; `classes` is the number of classes, `path` names the file in errors.
    static func parse(_ bytes: [UInt8], classes: Int, path: String) throws(DatasetError) -> [GTSRBAnnotation] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        let header = fields(of: lines.first ?? [])
        var positions: [Int] = []
        for column in columns {
            guard let position = header.firstIndex(of: column) else {
                throw DatasetError(
                    source: path, line: 1, problem: "no column \(column)",
                    remedy: "the header must be Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId")
            }
            positions.append(position)
        }
        var rows: [GTSRBAnnotation] = []
        for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let values = fields(of: line)
            guard values.count == header.count else {
                throw DatasetError(
                    source: path, line: number + 1, problem: "\(values.count) columns instead of \(header.count)",
                    remedy: "the row is damaged: restore the file")
            }
            rows.append(try annotation(positions.map { values[$0] }, line: number + 1, classes: classes, path: path))
        }
        return rows
    }

    private static func fields(of line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func annotation(
        _ values: [String], line: Int, classes: Int, path: String
    ) throws(DatasetError) -> GTSRBAnnotation {
        guard !values[0].isEmpty, !values[0].contains("/") else {
            throw DatasetError(source: path, line: line, problem: "file name '\(values[0])'", remedy: "restore the file")
        }
        var numbers: [Int] = []
        for (column, value) in zip(columns, values).dropFirst() {
            guard let number = Int(value) else {
                throw DatasetError(
                    source: path, line: line, problem: "\(column) is '\(value)', not a whole number", remedy: "restore the file")
            }
            numbers.append(number)
        }
        guard (0..<classes).contains(numbers[4]) else {
            throw DatasetError(
                source: path, line: line, problem: "class \(numbers[4]) is outside 0...\(classes - 1)",
                remedy: "correct the row or restore the file")
        }
        return GTSRBAnnotation(
            line: line, filename: values[0], classID: numbers[4], left: numbers[0], top: numbers[1], right: numbers[2],
            bottom: numbers[3])
    }
}
