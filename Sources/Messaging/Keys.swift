import CZeroMQ
import Leasing

extension SecretKey {
    /// A new key, from the system's random numbers.
    public static func random() -> SecretKey {
        var (open, secret) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        guard zmq_curve_keypair(&open, &secret) == 0, let key = SecretKey(bytes: binary(secret))
        else { preconditionFailure("This libzmq was built without CURVE.") }
        return key
    }

    /// The public half.
    public var publicKey: PublicKey {
        var text = [CChar](repeating: 0, count: 41)
        var open = text
        guard zmq_z85_encode(&text, bytes, 32) != nil, zmq_curve_public(&open, text) == 0,
            let key = PublicKey(bytes: SecretKey.binary(open))
        else { preconditionFailure("This libzmq was built without CURVE.") }
        return key
    }

    private static func binary(_ text: [CChar]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard zmq_z85_decode(&bytes, text) != nil else { return [] }
        return bytes
    }
}

extension SocketHandle {
    /// Sets an option that is bytes.
    func set(_ option: Int32, raw: [UInt8]) throws(MessagingError) {
        guard zmq_setsockopt(pointer, option, raw, raw.count) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    /// Makes it the server's side: clients must know its public key, and show theirs.
    func serve(as secret: SecretKey) throws(MessagingError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, raw: secret.bytes)
    }

    /// Makes it a client's side.
    func show(_ credential: Credential) throws(MessagingError) {
        try set(ZMQ_CURVE_SERVERKEY, raw: credential.coordinator.bytes)
        try set(ZMQ_CURVE_PUBLICKEY, raw: credential.secret.publicKey.bytes)
        try set(ZMQ_CURVE_SECRETKEY, raw: credential.secret.bytes)
    }
}
