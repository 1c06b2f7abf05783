import Foundation
import Kernels
import Storage

/// The classes that a conditional model knows, and the label that stands for none of them.
///
/// `classes.json` beside the model's `config.json` is a list of their names in the order of labels; diffusers does not look at it. Where
/// `num_class_embeds` is one more than there are names, the last label means "no class": unlabelled training and guidance use it. A model
/// without the file has no such label that anybody could know of, and its classes have numbers only.
package struct ModelClasses: Sendable, Equatable {
    /// One a class; nil where the checkpoint has none.
    package let names: [String]?
    /// `num_class_embeds`.
    package let labelCount: Int

    /// Classes, without "no class".
    package var count: Int { names?.count ?? labelCount }
    /// The label that means "no class"; nil where there is none.
    package var nullLabel: Int? { count < labelCount ? labelCount - 1 : nil }
    /// What a person calls the class of that label.
    package func name(_ label: Int) -> String { names?[label] ?? "class \(label)" }

    /// What is drawn where nobody names a class: images of none, or where there is no such label of all classes in turn.
    package var defaultConditioning: Conditioning { Conditioning(labels: nullLabel.map { [$0] } ?? Array(0..<count)) }
}

extension Checkpoint {
    /// The classes of a conditional model; nil for an unconditional one.
    package var classes: ModelClasses? {
        configuration.numClassEmbeds.map { ModelClasses(names: classNames, labelCount: $0) }
    }

    package static let classesName = "classes.json"

    /// The names in `classes.json`; nil where there is no such file, or the model has no classes.
    package static func readClassNames(
        in folder: String, _ configuration: UNetConfiguration, note: (String) -> Void = { _ in }
    ) throws(CheckpointError) -> [String]? {
        let path = "\(folder)/\(classesName)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let labels = configuration.numClassEmbeds else {
            note("\(path): without effect, this model has no classes")
            return nil
        }
        guard case .array(let values) = try readJSON(path) else {
            throw .malformed(path: path, detail: "it is no list of names")
        }
        var names: [String] = []
        for value in values {
            guard case .string(let name) = value else { throw .malformed(path: path, detail: "\(value) is not a name") }
            names.append(name)
        }
        guard !names.isEmpty, names.count == labels || names.count == labels - 1 else {
            throw .malformed(
                path: path,
                detail: "it has \(names.count) names for num_class_embeds \(labels), which takes that many or one less")
        }
        guard Set(names).count == names.count else { throw .malformed(path: path, detail: "two classes have one name") }
        return names
    }

    /// Writes `classes.json` where the classes have names.
    package func writeClassNames(to folder: String) throws(FileError) {
        guard let classNames else { return }
        try AtomicFile.write(JSONValue.array(classNames.map(JSONValue.string)).text, to: "\(folder)/\(Self.classesName)")
    }

    /// This model for images of the classes `names`, with one more label that means "no class".
    ///
    /// Classes that the model has by name keep their vectors. A new class begins as "no class"; where the model has no such label, or no
    /// classes at all, with zeros, which change nothing.
    ///
    /// - Parameter names: at least one, each once.
    package func conditioned(on names: [String]) -> Checkpoint {
        var conditional = configuration
        conditional.numClassEmbeds = names.count + 1
        let places = Dictionary(uniqueKeysWithValues: configuration.parameterLayout.entries.map { ($0.name, $0) })
        let layout = conditional.parameterLayout
        let result = Tensor(shape: [layout.parameterCount])
        for entry in layout.entries {
            let target = Tensor(viewOf: result, offset: entry.offset, shape: entry.shape)
            let source = places[entry.name].map { Tensor(viewOf: parameters, offset: $0.offset, shape: $0.shape) }
            if entry.name == Self.tableName {
                copyVectors(of: names, from: source, into: target)
            } else if let source {
                target.copy(from: source)
            }
        }
        return Checkpoint(
            configuration: conditional, scheduler: scheduler, parameters: result, classNames: names, notes: notes)
    }

    /// An unconditional model that predicts what this one predicts for "no class": to go on from on images without classes.
    ///
    /// The vector of a label is added to the timestep embedding, whose last layer has a bias: there it goes.
    ///
    /// - Precondition: the model has a label that means "no class".
    package func unconditioned() -> Checkpoint {
        guard let label = classes?.nullLabel else { preconditionFailure("no label means no class") }
        var plain = configuration
        plain.numClassEmbeds = nil
        let places = Dictionary(uniqueKeysWithValues: configuration.parameterLayout.entries.map { ($0.name, $0) })
        let layout = plain.parameterLayout
        let result = Tensor(shape: [layout.parameterCount])
        for entry in layout.entries {
            guard let source = places[entry.name] else { preconditionFailure("\(entry.name) is new") }
            Tensor(viewOf: result, offset: entry.offset, shape: entry.shape)
                .copy(from: Tensor(viewOf: parameters, offset: source.offset, shape: source.shape))
            guard entry.name == Self.biasName, let table = places[Self.tableName] else { continue }
            let width = entry.shape[0]
            for index in 0..<width { result[entry.offset + index] += parameters[table.offset + label * width + index] }
        }
        return Checkpoint(configuration: plain, scheduler: scheduler, parameters: result, classNames: nil, notes: notes)
    }

    /// The vector of each of `names`, and that of "no class".
    private func copyVectors(of names: [String], from source: Tensor?, into target: Tensor) {
        let width = target.shape[1]
        for (row, name) in (names.map(Optional.some) + [nil]).enumerated() {
            let vector = Tensor(viewOf: target, offset: row * width, shape: [width])
            let label = name.flatMap { classNames?.firstIndex(of: $0) } ?? classes?.nullLabel
            if let source, let label {
                vector.copy(from: Tensor(viewOf: source, offset: label * width, shape: [width]))
            } else {
                vector.fill(0)
            }
        }
    }

    private static let tableName = "class_embedding.weight"
    private static let biasName = "time_embedding.linear_2.bias"
}
