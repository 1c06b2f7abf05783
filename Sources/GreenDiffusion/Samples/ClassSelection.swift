import Model
import Storage

/// A class of which images were drawn.
public struct DrawnClass: Sendable, Equatable {
    /// What a person calls it.
    public let name: String
    /// Its number.
    public let label: Int
    /// The numbers of its images.
    public let images: Range<Int>
}

/// What was drawn, and what it took.
public struct DrawingSummary: Sendable, Equatable {
    /// The classes that were named, in the order of their images.
    public let classes: [DrawnClass]
    /// Images, all classes together.
    public let imageCount: Int
    /// Floating-point operations that the model executed for them.
    public let flops: Int

    /// Of one image.
    public var flopsPerImage: Double { Double(flops) / Double(max(1, imageCount)) }
}

/// Which classes of a model to draw, and how strongly images are steered to them.
struct ClassSelection {
    /// nil where nobody named any.
    let labels: [Int]?
    let classes: ModelClasses?
    let guidance: Double

    /// Every class of the model, in the order of labels.
    static let all = "all"

    /// - Parameters:
    ///   - names: classes by name or number, or `all`; none for images of no class in particular.
    ///   - guidance: the weight of classifier-free guidance; 1 for none.
    ///   - checkpoint: the model.
    ///   - source: what errors call it.
    /// - Throws: `ConfigurationError` for a class that the model does not have, or guidance that it cannot follow.
    init(_ names: [String], guidance: Double, checkpoint: Checkpoint, source: String) throws(ConfigurationError) {
        (classes, self.guidance) = (checkpoint.classes, guidance)
        guard let classes else {
            if let name = names.first {
                throw ConfigurationError(
                    "class", name, "is not to be had from \(source), an unconditional model",
                    wayOut: "leave class out, or train with conditional")
            }
            guard guidance == 1 else {
                throw ConfigurationError(
                    "guidance", "\(guidance)", "has no effect on \(source), an unconditional model",
                    wayOut: "leave guidance out, or train with conditional")
            }
            labels = nil
            return
        }
        guard guidance == 1 || classes.nullLabel != nil else {
            throw ConfigurationError(
                "guidance", "\(guidance)",
                "steers away from \"no class\", which \(source) was not trained with: "
                    + "all its \(classes.labelCount) labels are classes",
                wayOut: "use guidance 1, or train with conditional")
        }
        guard guidance == 1 || !names.isEmpty else {
            throw ConfigurationError(
                "guidance", "\(guidance)", "has no class to steer to",
                wayOut: "name classes, e.g. class \(classes.name(0)), or all")
        }
        var labels: [Int] = []
        for name in names { labels += try Self.labels(name, of: classes, source: source) }
        self.labels = names.isEmpty ? nil : labels
    }

    /// The label that a text names: a name before a number, so that classes may be called by numbers.
    private static func labels(_ text: String, of classes: ModelClasses, source: String) throws(ConfigurationError) -> [Int] {
        if let label = classes.names?.firstIndex(of: text) { return [label] }
        if text == all { return Array(0..<classes.count) }
        let known = "0...\(classes.count - 1)"
        if let label = Int(text) {
            guard (0..<classes.count).contains(label) else {
                throw ConfigurationError(
                    "class", text, "is outside \(known), the classes of \(source)", wayOut: "use a number of \(known), or a name")
            }
            return [label]
        }
        let names = classes.names ?? []
        let examples = names.prefix(5).joined(separator: ", ")
        let wayOut =
            names.isEmpty
            ? "use a number of \(known): its classes have no names"
            : nearestName(to: text, among: names).map { "did you mean \($0)?" }
                ?? "use a number of \(known), or a name: \(examples)\(names.count > 5 ? " and \(names.count - 5) more" : "")"
        throw ConfigurationError("class", text, "is not a class of \(source)", wayOut: wayOut)
    }

    /// What is drawn one after the other: nil for an unconditional model.
    var conditionings: [Conditioning?] {
        guard let classes else { return [nil] }
        guard let labels else { return [classes.defaultConditioning] }
        return labels.map { Conditioning(labels: [$0], guidance: guidance, nullLabel: classes.nullLabel) }
    }

    /// The same for images that are drawn together, of the named classes in turn.
    var mixedConditioning: Conditioning? {
        guard let classes, let labels else { return conditionings[0] }
        return Conditioning(labels: labels, guidance: guidance, nullLabel: classes.nullLabel)
    }

    /// The classes that were named, each with the numbers of its `count` images.
    func drawn(count: Int) -> [DrawnClass] {
        guard let classes, let labels else { return [] }
        return labels.enumerated().map { place, label in
            DrawnClass(name: classes.name(label), label: label, images: place * count..<(place + 1) * count)
        }
    }
}
