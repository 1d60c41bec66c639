import ByteCoding

/// One JSON object of strings, ended by a newline.
struct JSONLine {
    private var writer = JSONWriter()

    init() { writer.beginObject() }

    mutating func add(_ name: String, _ value: String) { writer.member(name, value) }

    var line: String {
        var finished = writer
        finished.endObject()
        return finished.string + "\n"
    }
}
