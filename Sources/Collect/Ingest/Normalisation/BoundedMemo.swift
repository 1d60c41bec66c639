internal import ByteCoding

/// Remembers what was computed for a short text, so that a map over hosts or paths costs a hash and a comparison from the second time on.
///
/// Texts come from clients, so it forgets everything when it is full: memory stays bounded, and honest traffic (a few hundred
/// texts) never gets there. One owner at a time.
final class BoundedMemo<Value> {
    /// Texts remembered: some 100 times as many as a gateway has routes or upstreams.
    static var textsMax: Int { 4_096 }

    @exclusivity(unchecked) private var interner = StringInterner()
    @exclusivity(unchecked) private var values: [Value] = []

    /// The value of `text`: the remembered one, or what `compute` gives.
    func value(of text: UnsafeRawBufferPointer, _ compute: (UnsafeRawBufferPointer) -> Value) -> Value {
        let number = unsafe Int(interner.intern(text))
        if unsafe number < values.count { return unsafe values[number] }
        let value = unsafe compute(text)
        if number >= Self.textsMax {
            unsafe interner = StringInterner()
            unsafe values.removeAll(keepingCapacity: true)
        } else {
            unsafe values.append(value)
        }
        return value
    }
}
