import Corpora
import Planning

extension Certificate {
    /// The certificate as one JSON object and a line feed: no blanks, members in a fixed order,
    /// those of `groups` and `digests` in the order of their names' bytes.
    public var text: String { textWithoutDigest + ",\"digest\":\"\(digest)\"}\n" }

    /// What ``data`` must be.
    var dataDigest: String {
        var json = JSONWriter()
        write(recordings, to: &json)
        return Digest(of: json.text.utf8).description
    }

    /// What ``digest`` must be.
    var ownDigest: String { Digest(of: textWithoutDigest.utf8).description }

    private var textWithoutDigest: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("certificate", certificate)
        json.member("sweep", sweep)
        json.key("recordings")
        write(recordings, to: &json)
        json.member("data", data)
        json.key("splits")
        json.beginArray()
        for split in splits { split.write(to: &json) }
        json.endArray()
        json.key("cells")
        json.beginArray()
        for cell in cells { cell.write(to: &json) }
        json.endArray()
        return json.text
    }

    private func write(_ recordings: [Recording], to json: inout JSONWriter) {
        json.beginArray()
        for recording in recordings { recording.write(to: &json) }
        json.endArray()
    }
}

extension Certificate.Recording {
    /// What stands for it in the text of which a list's digest is made.
    var line: String {
        var json = JSONWriter()
        write(to: &json)
        return "\(Digest(of: json.text.utf8))\n"
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("corpus", corpus)
        json.member("culture", culture)
        json.member("frames", frames)
        for (name, values) in [("groups", groups), ("digests", digests)] {
            json.key(name)
            json.beginObject()
            let members = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (key, value) in members { json.member(key, value) }
            json.endObject()
        }
        json.endObject()
    }
}

extension Certificate.Split {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("fold", fold)
        json.member("repetition", repetition)
        let lists = Array(zip(["train", "validation", "test"], sides))
        for (name, side) in lists + (tuned.map { [("tuned", $0)] } ?? []) {
            json.key(name)
            json.beginArray()
            for index in side { json.integer(index) }
            json.endArray()
        }
        json.member("digests", digests)
        json.endObject()
    }
}

extension Certificate.Cell {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("cell", cell)
        json.member("scheme", scheme)
        json.member("train", train)
        json.member("test", test)
        json.member("features", features)
        json.member("model", model)
        json.member("featureSets", featureSets)
        json.member("apart", apart)
        json.member("apartWithin", apartWithin)
        if let shared { json.member("shared", shared) }
        json.member("selection", selection)
        json.member("first", first)
        json.member("count", count)
        json.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    fileprivate mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(value)
    }

    fileprivate mutating func member(_ name: String, _ values: [String]) {
        key(name)
        beginArray()
        for value in values { string(value) }
        endArray()
    }
}
