internal import GatewayModel

/// What a dictionary field can be guessed from: a name that mostly follows from another name of the record (the response's model from the
/// model, a client's address from the client) is kept as the exceptions to the rule.
///
/// The rule is a map from the parent's codes to the field's most frequent code beside each, kept with the field's dictionary. In a block that
/// uses it, 0 says "as the rule says" and k + 1 says "code k".
enum DictionaryPrediction {
    /// Part of the format: a field's parent never changes. Parents have none themselves, and are not the fields that are filtered by most,
    /// because reading a field that has one means reading two.
    static let parents: [RequestField: RequestField] = [
        .requestModel: .model, .upstreamModel: .model, .responseModel: .model,
        .organization: .client, .project: .client, .team: .client, .userAgent: .client, .clientAddress: .client,
        .service: .route, .gatewayVersion: .gatewayNode, .path: .operation, .errorCode: .errorType,
    ]

    /// What stands in a block in place of the codes.
    static func exceptions(_ codes: [UInt32], parent: [UInt32], rule: [UInt32]) -> [Int64] {
        zip(codes, parent).map { rule[Int($1)] == $0 ? 0 : Int64($0) + 1 }
    }

    /// Turns a block's exceptions into codes. A parent's code that the rule does not know, as damage would bring, gives "absent".
    static func resolve(_ exceptions: inout [UInt32], parent: [UInt32], rule: [UInt32]) {
        let count = min(exceptions.count, parent.count)
        unsafe exceptions.withUnsafeMutableBufferPointer { exceptions in
            unsafe parent.withUnsafeBufferPointer { parent in
                unsafe rule.withUnsafeBufferPointer { rule in
                    for index in 0..<count {
                        let exception = unsafe exceptions[index]
                        let place = unsafe Int(parent[index])
                        unsafe exceptions[index] = unsafe exception > 0 ? exception &- 1 : place < rule.count ? rule[place] : 0
                    }
                }
            }
        }
    }
}

/// Finds for each code of a parent (0 included) the code that most rows with it have, if one has more than half of them:
/// the majority vote of Boyer and Moore, one pass over the rows in any order and two numbers a code.
struct MajorityVote {
    /// By parent's code; 0 where no row was seen.
    private(set) var rule: [UInt32]
    private var votes: [Int32]

    init(parentValues: Int) {
        rule = [UInt32](repeating: 0, count: parentValues + 1)
        votes = [Int32](repeating: 0, count: parentValues + 1)
    }

    /// Counts more rows.
    mutating func add(_ codes: [UInt32], parent: [UInt32]) {
        for (code, parent) in zip(codes, parent) {
            let place = Int(parent)
            if votes[place] == 0 { rule[place] = code }
            votes[place] += rule[place] == code ? 1 : -1
        }
    }
}
