internal import ByteCoding

/// Strings chosen by a key and a position: the distinct strings of several lists, and for each list the codes of its members.
/// Code k stands for string k - 1, code 0 for an absent value, which is also what an empty string becomes.
struct StringCodes: Sendable {
    let values: StringTable
    private let codes: [[Int]]

    /// - Parameter lists: for each key its strings.
    init(_ lists: [[String]]) {
        var known: [String] = []
        codes = lists.map { list in
            list.map { string in
                if string.isEmpty { return 0 }
                if let index = known.firstIndex(of: string) { return index + 1 }
                known.append(string)
                return known.count
            }
        }
        values = StringTable(known)
    }

    /// The code of string `position` of list `key`; 0 when either is negative, which stands for absent.
    func code(_ key: Int, _ position: Int = 0) -> Int { key < 0 || position < 0 ? 0 : codes[key][position] }
}
