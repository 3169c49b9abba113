import Testing

@testable import Planning

@Suite("JSON") struct JSONWriterTests {
    @Test("Commas stand between members and items, and nowhere else")
    func nesting() {
        var json = JSONWriter()
        json.beginObject()
        json.key("a")
        json.beginArray()
        json.endArray()
        json.key("b")
        json.beginArray()
        json.integer(-3)
        json.beginObject()
        json.endObject()
        json.beginObject()
        json.key("c")
        json.string("d")
        json.key("e")
        json.number(nil)
        json.endObject()
        json.number(0.5)
        json.endArray()
        json.endObject()
        #expect(json.text == #"{"a":[],"b":[-3,{},{"c":"d","e":null},0.5]}"#)
    }

    @Test("Texts are escaped where RFC 8259 asks for it, and only there")
    func escapes() {
        func quoted(_ text: String) -> String {
            var json = JSONWriter()
            json.string(text)
            return json.text
        }
        #expect(quoted("DE→IT é 😀 / '\u{7F}") == "\"DE→IT é 😀 / '\u{7F}\"")
        #expect(quoted("a\"b\\c") == #""a\"b\\c""#)
        #expect(quoted("\n\r\t\u{8}\u{C}") == #""\n\r\t\b\f""#)
        #expect(quoted("\r\n") == #""\r\n""#)
        #expect(quoted("\u{0}\u{1}\u{1F}") == #""\u0000\u0001\u001f""#)
        // A quote that a combining mark follows is still a quote.
        #expect(quoted("\"\u{301}") == "\"\\\"\u{301}\"")
        var json = JSONWriter()
        json.beginObject()
        json.key("\"")
        json.integer(1)
        json.endObject()
        #expect(json.text == #"{"\"":1}"#)
    }

    @Test("Numbers are the shortest digits that read back as the same one")
    func numbers() {
        var json = JSONWriter()
        json.beginArray()
        for value in [0.1, 1, -0.0, 1e21, 5e-324, .pi, .nan, .infinity, 1.0 / 3] {
            json.number(value)
        }
        json.integer(.min)
        json.endArray()
        #expect(
            json.text == """
                [0.1,1.0,-0.0,1e+21,5e-324,3.141592653589793,null,null,0.3333333333333333,\
                -9223372036854775808]
                """)
    }
}
