internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// The store's secret: 16 random bytes made once, so that hashes of ids and of users stay the same over restarts and nobody else can compute them.
enum StoreKey {
    static let bytes = 16

    /// Reads `id.key`, or makes it.
    static func load(_ paths: StorePaths, _ files: some FileLayer) throws(StorageError) -> SipHash {
        if let image = try files.image(paths.key) {
            guard image.count == bytes else {
                throw .damaged(file: paths.relative(paths.key), what: "\(image.count) bytes instead of \(bytes)", offset: 0)
            }
            return key(image)
        }
        var generator = SystemRandomNumberGenerator()
        let key = SipHash(key0: generator.next(), key1: generator.next())
        var writer = ByteWriter()
        writer.write(key.key0)
        writer.write(key.key1)
        try files.replace(paths.key, with: writer.bytes, isPrivate: true)
        return key
    }

    /// What stands in the manifest to recognise the key by; says nothing about it to whoever does not have it.
    static func check(_ key: SipHash) -> UInt64 { key("the key of this store") }

    /// What is wrong with the key's file; nil when all is well, as far as the manifest knows.
    static func damage(_ image: FileImage, _ known: UInt64?, _ paths: StorePaths) -> StorageError? {
        guard image.count == bytes else {
            return .damaged(file: paths.relative(paths.key), what: "\(image.count) bytes instead of \(bytes)", offset: 0)
        }
        guard let known, check(key(image)) != known else { return nil }
        return .damaged(file: paths.relative(paths.key), what: "it is not the key that the store was made with", offset: 0)
    }

    private static func key(_ image: FileImage) -> SipHash { unsafe image.withBytes { unsafe SipHash(key0: word($0, 0), key1: word($0, 8)) } }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
