internal import ByteCoding
internal import GatewayModel

/// What is kept beside samples: metadata of families and the newest exemplars, as a flush leaves them. Written whole each time.
///
///     u64 magic | u32 checksum of the rest | the payload of a frame of the log without samples
enum SideFile {
    /// `GWMETA` and CR LF.
    private static let magic: UInt64 = 0x0A0D_4154_454D_5747
    private static let headerBytes = 12

    static func encode(_ metadata: [SampleBatch.FamilyMetadata], _ exemplars: [(id: UInt32, exemplar: Exemplar)]) -> [UInt8] {
        let payload = SampleFrame.encode(definitions: [], runs: [0], histograms: [], exemplars: exemplars, metadata: metadata)
        var writer = ByteWriter(reserving: payload.count + headerBytes)
        writer.write(magic)
        writer.write(Checksum.crc32(payload))
        writer.write(payload)
        return writer.bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ByteReadingError) -> SampleFrame.Content {
        var reader = unsafe ByteReader(bytes)
        guard try reader.read(UInt64.self, "the mark of a metadata file") == magic else { throw ByteReadingError(offset: 0, expected: "the mark of a metadata file") }
        let checksum = try reader.read(UInt32.self, "a checksum")
        let payload = unsafe try reader.readBytes(reader.remaining)
        guard unsafe Checksum.crc32(payload) == checksum else { throw ByteReadingError(offset: 8, expected: "the file's checksum") }
        return unsafe try SampleFrame.decode(payload)
    }
}
