internal import ByteCoding
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
            return unsafe image.withBytes { unsafe SipHash(key0: word($0, 0), key1: word($0, 8)) }
        }
        var generator = SystemRandomNumberGenerator()
        let key = SipHash(key0: generator.next(), key1: generator.next())
        var writer = ByteWriter()
        writer.write(key.key0)
        writer.write(key.key1)
        try files.replace(paths.key, with: writer.bytes, isPrivate: true)
        return key
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
