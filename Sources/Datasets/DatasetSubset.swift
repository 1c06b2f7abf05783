/// Which part of a published data set.
package enum DatasetSubset: String, Sendable { case train, test }
