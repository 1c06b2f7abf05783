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

    /// Frames of one sign share the number before the last underscore of `TRACK_FRAME.ppm` or Kaggle's `CLASS_TRACK_FRAME.png`; nil
    /// where there is none.
    var track: Int? {
        let parts = (filename.split(separator: "/").last ?? "").split(separator: "_")
        return (2...3).contains(parts.count) ? Int(parts[parts.count - 2]) : nil
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

/// The annotation files of GTSRB: `;` or `,` between columns, a header line, any line ends, quotes and a byte order mark or not.
enum GTSRBAnnotationFile {
    private static let columns = ["Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId"]
    /// The official table has names, Kaggle's paths from the table's folder on.
    private static let nameColumns = ["Filename", "Path"]

    /// The rows of `bytes`; `classes` is the number of classes, `path` names the file in errors.
    static func parse(_ bytes: [UInt8], classes: Int, path: String) throws(DatasetError) -> [GTSRBAnnotation] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let lines = Self.lines(of: text)
        let first = lines.first ?? []
        let separator = UInt8(ascii: first.contains(UInt8(ascii: ";")) ? ";" : ",")
        let header = fields(of: first, separator)
        guard let name = nameColumns.first(where: header.contains) else { throw missing("Filename", path) }
        var positions: [Int] = []
        for column in [name] + columns {
            guard let position = header.firstIndex(of: column) else { throw missing(column, path) }
            positions.append(position)
        }
        var rows: [GTSRBAnnotation] = []
        for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let values = fields(of: line, separator)
            guard values.count == header.count else {
                throw DatasetError(
                    source: path, line: number + 1, problem: "\(values.count) columns instead of \(header.count)",
                    remedy: "the row is damaged: restore the file")
            }
            rows.append(try annotation(positions.map { values[$0] }, name, line: number + 1, classes: classes, path: path))
        }
        return rows
    }

    private static func missing(_ column: String, _ path: String) -> DatasetError {
        DatasetError(
            source: path, line: 1, problem: "no column \(column)",
            remedy: "the header must be Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId")
    }

    /// Lines that end with a line feed, a carriage return, or both.
    private static func lines(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let ending = text.contains(UInt8(ascii: "\n")) ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
        return text.split(separator: ending, omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
    }

    /// The fields of a line: quotation marks around one hide separators, two of them stand for one.
    private static func fields(of line: ArraySlice<UInt8>, _ separator: UInt8) -> [String] {
        guard line.contains(UInt8(ascii: "\"")) else {
            return line.split(separator: separator, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
        var (fields, field, isQuoted): ([String], [UInt8], Bool) = ([], [], false)
        var previous: UInt8?
        for byte in line {
            if byte == UInt8(ascii: "\"") {
                if !isQuoted && previous == byte { field.append(byte) }
                isQuoted.toggle()
            } else if byte == separator && !isQuoted {
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            } else {
                field.append(byte)
            }
            previous = byte
        }
        return fields + [String(decoding: field, as: UTF8.self)]
    }

    private static func annotation(
        _ values: [String], _ nameColumn: String, line: Int, classes: Int, path: String
    ) throws(DatasetError) -> GTSRBAnnotation {
        let parts = values[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." }), parts.count == 1 || nameColumn == "Path" else {
            throw DatasetError(source: path, line: line, problem: "file name '\(values[0])'", remedy: "restore the file")
        }
        var numbers: [Int] = []
        for (column, value) in zip(columns, values.dropFirst()) {
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
