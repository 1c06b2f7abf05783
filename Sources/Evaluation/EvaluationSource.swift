import Foundation
import GreenDiffusion
import ImageFiles
import ImageQuality
import Storage

/// What is compared, as `reference` and `samples` name it.
package enum EvaluationSource: Equatable, Sendable {
    /// A folder of image files, each at its own size.
    case folder(String)
    /// A data set, at the size of the images on the other side.
    case data(DataSpecification)
    /// NumPy's arrays: images, or mean and covariance of features.
    case numpy(String)
    /// Features, images no more.
    case features(String)

    /// Reads a folder, `synthetic[:STYLE]`, `cifar10:DIR`, `gtsrb:DIR`, `folder:DIR`, `FILE.npz` or `FILE.safetensors`.
    ///
    /// - Parameter setting: how errors call the value.
    /// - Throws: `ConfigurationError` for a data set that there is not, `EvaluationError` for a path that names nothing of the above.
    package init(parsing text: String, setting: String) throws {
        let path = expandingHome(text)
        if text == "synthetic" || ["synthetic:", "cifar10:", "gtsrb:", "folder:"].contains(where: text.hasPrefix) {
            self = .data(try DataSpecification(parsing: text, setting: setting))
        } else if Folder.exists(path) {
            self = .folder(path)
        } else if !FileManager.default.fileExists(atPath: path) {
            throw EvaluationError(
                "\(setting) \(text)", "is neither a folder nor a file nor a data set",
                wayOut: "give a folder of images, synthetic, cifar10:DIR, gtsrb:DIR, FILE.npz or FILE.safetensors")
        } else if path.lowercased().hasSuffix(".npz") {
            self = .numpy(path)
        } else if path.lowercased().hasSuffix(".safetensors") {
            self = .features(path)
        } else {
            throw EvaluationError(
                "\(setting) \(text)", "is a file that ends neither in .npz nor in .safetensors",
                wayOut: "give the folder of the images")
        }
    }

    /// How results call it.
    package var name: String {
        switch self {
        case .folder(let path), .numpy(let path), .features(let path): path
        case .data(let specification): specification.text
        }
    }

    /// The file that it is; nil for a folder or a data set.
    var file: String? {
        switch self {
        case .numpy(let path), .features(let path): path
        case .folder, .data: nil
        }
    }

    /// Whether it has images for sure, of which a network must make features.
    var needsNetwork: Bool {
        switch self {
        case .folder, .data: true
        case .numpy, .features: false
        }
    }

    var isDataSet: Bool { if case .data = self { true } else { false } }

    /// The file beside the data that keeps the features that a network made of it; nil where the data have no place.
    func cachePath(network: String) -> String? {
        let name = ".greendiff-\(network.filter { $0.isLetter || $0.isNumber || "-._".contains($0) }).safetensors"
        switch self {
        case .folder(let folder), .data(.cifar10(let folder)), .data(.gtsrb(let folder)), .data(.folder(let folder)):
            return "\(folder)/\(name)"
        case .numpy(let path): return "\(Folder.parent(of: path))/.\(path.split(separator: "/").last ?? "")\(name)"
        case .data(.synthetic), .features: return nil
        }
    }
}
