import Messaging
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test(
        "Host and port are read, with tcp:// or without",
        arguments: [
            ("tcp://127.0.0.1:5555", "127.0.0.1", 5555, true),
            ("localhost:*", "localhost", nil, true),
            ("tcp://127.8.9.10:1", "127.8.9.10", 1, true),
            ("tcp://[::1]:65535", "[::1]", 65_535, true),
            ("[2001:db8::7]:80", "[2001:db8::7]", 80, false),
            ("tcp://*:5555", "*", 5555, false),
            ("tcp://0.0.0.0:*", "0.0.0.0", nil, false),
            ("node-7.cluster_a.example:5555", "node-7.cluster_a.example", 5555, false),
            ("127.0.0.1.example:5555", "127.0.0.1.example", 5555, false),
            ("127.0.0.256:5555", "127.0.0.256", 5555, false),
            ("127.0.0.+1:5555", nil, nil, false),
        ] as [(String, String?, Int?, Bool)])
    func reads(text: String, host: String?, port: Int?, loopback: Bool) throws {
        guard let host else {
            #expect(throws: MessagingError.self) { try Address(text) }
            return
        }
        let address = try Address(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == loopback)
        #expect(try Address(address.description) == address)
    }

    @Test(
        "What is no address is refused with what is wrong",
        arguments: [
            ("", "no port"), ("localhost", "no port"), ("tcp://[::1]", "no port"),
            ("ipc:///tmp/x:1", "only tcp://"), ("http://a:1", "only tcp://"),
            (":5555", "no host"), ("a b:5555", "no host"), ("::1:5555", "brackets"),
            ("[abc]:5", "no host"), ("h\u{00E4}st:5", "no host"),
            ("a:0", "no port: 1 to 65535"), ("a:65536", "no port: 1 to 65535"),
            ("a:+5", "no port: 1 to 65535"), ("a:-5", "no port: 1 to 65535"), ("a:", "no port"),
            ("a:99999999999999999999", "no port: 1 to 65535"),
        ])
    func refuses(text: String, part: String) {
        let error = #expect(throws: MessagingError.self) { try Address(text) }
        #expect("\(error!)".contains(part), "\(error!)")
        #expect("\(error!)".contains("tcp://HOST:PORT"))
    }
}
