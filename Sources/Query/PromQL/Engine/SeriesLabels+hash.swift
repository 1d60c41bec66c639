internal import GatewayModel

extension SeriesLabels {
    /// The hash that Prometheus gives a label set: XXH64 over each name and value with its length before it.
    ///
    /// `limit_ratio` chooses series by it. Source: prometheus/prometheus `model/labels/labels_stringlabels.go`;
    /// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
    var prometheusHash: UInt64 {
        var bytes: [UInt8] = []
        for label in labels {
            for text in [label.name, label.value] {
                let length = text.utf8.count
                if length < 255 {
                    bytes.append(UInt8(length))
                } else {
                    bytes.append(255)
                    for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
                }
                bytes.append(contentsOf: text.utf8)
            }
        }
        return XXHash64.hash(bytes)
    }
}

/// XXH64 with seed 0.
enum XXHash64 {
    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var position = 0
        var hash: UInt64
        if bytes.count >= 32 {
            var lanes = [prime1 &+ prime2, prime2, 0, 0 &- prime1]
            while bytes.count - position >= 32 {
                for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, position + 8 * lane, 8)) }
                position += 32
            }
            hash = rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
            for lane in lanes { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
        } else {
            hash = prime5
        }
        hash &+= UInt64(bytes.count)
        while bytes.count - position >= 8 {
            hash = rotate(hash ^ round(0, word(bytes, position, 8)), 27) &* prime1 &+ prime4
            position += 8
        }
        if bytes.count - position >= 4 {
            hash = rotate(hash ^ (word(bytes, position, 4) &* prime1), 23) &* prime2 &+ prime3
            position += 4
        }
        for byte in bytes[position...] { hash = rotate(hash ^ (UInt64(byte) &* prime5), 11) &* prime1 }
        hash = (hash ^ (hash >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 { rotate(lane &+ word &* prime2, 31) &* prime1 }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }

    private static func word(_ bytes: [UInt8], _ position: Int, _ size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(bytes[position + $1]) << (8 * UInt64($1)) }
    }
}
