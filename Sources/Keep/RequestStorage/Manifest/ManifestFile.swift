internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// The manifest on disk, twice: `MANIFEST`, and `MANIFEST.copy` with the same content, written after it.
///
/// What the new manifest no longer names (logs, dropped parts) is removed only when both are in place. So whichever of the two survives
/// damage or a crash, everything that it names is there, and what only the other one named is a leftover whose rows the logs still have.
enum ManifestFile {
    /// Puts the manifest in place; when this returns it counts, also after a power cut.
    static func commit(_ manifest: Manifest, _ paths: StorePaths, _ files: any FileLayer) throws(StorageError) {
        let bytes = manifest.encode()
        try files.replace(paths.manifest, with: bytes)
        try files.replace(paths.manifestCopy, with: bytes)
    }

    /// What was found of the manifest.
    struct Found {
        /// The newer of the two; nil in a folder that has none.
        var manifest: Manifest?
        /// Whether both are there, undamaged and the same.
        var isWhole = false
        /// What was wrong with one of the two.
        var damage: [StorageError] = []
    }

    /// - Throws: when there are manifests and none can be read, or a newer program wrote them.
    static func load(_ paths: StorePaths, _ files: any FileLayer) throws(StorageError) -> Found {
        var manifests: [Manifest] = []
        var found = Found()
        for path in [paths.manifest, paths.manifestCopy] {
            guard let image = try files.image(path) else { continue }
            do throws(StorageError) {
                unsafe manifests.append(try Manifest(image.withBytes { unsafe [UInt8]($0) }, file: paths.relative(path)))
            } catch {
                if case .unsupportedFormat = error { throw error }
                found.damage.append(error)
            }
        }
        found.manifest = manifests.max { $0.generation < $1.generation }
        found.isWhole = manifests.count == 2 && manifests[0] == manifests[1]
        if found.manifest == nil, let failure = found.damage.first { throw failure }
        return found
    }
}
