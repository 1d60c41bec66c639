/// Where the people are who use the company's products. The networks of ``DemoNetwork`` belong to nobody, so the demo says itself whose they are.
enum DemoCountry {
    /// Codes of ISO 3166-1 alpha-2; the last stands for private addresses.
    static let names = [
        "DE", "US", "GB", "FR", "IN", "BR", "NL", "ES", "IT", "PL", "AT", "CH", "SE", "JP", "CA", "AU", "MX", "ID", "ZA", "KR", "TR", "NG", "AR", "PT", "private",
    ]
    static let privateNetwork = names.count - 1

    /// The shares of a product's users by country, in 64ths: what is left goes to the first.
    private static let shares: [String: [(String, Int)]] = [
        // A shop of German-speaking countries and their neighbours.
        "support-chat": [("DE", 0), ("AT", 8), ("CH", 7), ("NL", 5), ("FR", 4), ("PL", 3), ("IT", 2), ("ES", 2), ("GB", 1), ("SE", 1)],
        // The web site that everybody finds.
        "web-assistant": [
            ("US", 0), ("GB", 8), ("DE", 9), ("IN", 6), ("FR", 4), ("CA", 4), ("BR", 3), ("AU", 3), ("NL", 2), ("ES", 2), ("JP", 2), ("IT", 1), ("SE", 1), ("PT", 1),
            ("ZA", 1), ("NG", 1),
        ],
        // The app, where people have no computer.
        "mobile-app": [
            ("IN", 0), ("BR", 10), ("ID", 8), ("US", 6), ("MX", 5), ("NG", 3), ("TR", 3), ("ZA", 2), ("AR", 2), ("KR", 2), ("JP", 2), ("DE", 2), ("GB", 1),
        ],
    ]

    /// Countries of 64 equally large parts of a client's users, as positions in ``names``; empty for clients inside the company.
    static func slots(ofClient client: String) -> [UInt8] {
        guard let shares = shares[client], let first = shares.first else { return [] }
        var slots: [UInt8] = []
        for (name, count) in shares { slots += Array(repeating: UInt8(position(name)), count: count) }
        return slots + Array(repeating: UInt8(position(first.0)), count: 64 - slots.count)
    }

    private static func position(_ name: String) -> Int {
        guard let position = names.firstIndex(of: name) else { preconditionFailure("unknown demo country \(name)") }
        return position
    }

    /// The country of a network, by its position in ``DemoNetwork/names``.
    static func ofNetwork(_ network: Int) -> Int {
        let world = DemoNetwork.range(.world)
        return world.contains(network) ? (network - world.lowerBound) % privateNetwork : privateNetwork
    }

    /// A network of a country, by its position in ``DemoNetwork/names``; the same for the same habit.
    static func network(ofCountry country: Int, habit: UInt64) -> Int {
        let world = DemoNetwork.range(.world)
        let count = (world.count - country + privateNetwork - 1) / privateNetwork
        return world.lowerBound + country + privateNetwork * Int(habit % UInt64(count))
    }
}
