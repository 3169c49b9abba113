import Corpora

/// Who is recorded in AVEC 2019's Cross-cultural Emotion Sub-challenge, whose data are SEWA's.
///
/// A SEWA id such as `C3_S083_P166` says culture (1 Chinese, 2 Hungarian, 3 German), session and
/// participant. Participants 2S - 1 and 2S talk with each other in session S: a session is a dyad.
/// Its number cannot be read off a challenge file's name, so the participants stand here. The
/// numbers are public; the recordings are not, and are had from SEWA under a licence.
public enum AVEC2019 {
    /// The predicted quantities.
    public static let targets = ["arousal", "valence", "liking"]
    /// Seconds between two frames.
    public static let hopSeconds = 0.1
    /// The frames of the longest recording: all others are cut off there.
    public static let framesMax = 1768

    /// A side of a culture as it was shipped, with its participants in the order of file names.
    struct Side {
        let partition: String
        let culture: String
        let participants: [Int]

        var prefix: String { partition.prefix(1).uppercased() + partition.dropFirst() }

        /// The numbers that SEWA gives the cultures.
        var cultureNumber: Int { ["CN": 1, "HU": 2, "DE": 3][culture]! }

        /// The recording of the file with this number, from 1, without frames and digests.
        func recording(_ number: Int) -> Recording {
            let participant = participants[number - 1]
            let session = "C\(cultureNumber)_S\(padded((participant + 1) / 2, to: 3))"
            let subject = "C\(cultureNumber)_P\(padded(participant, to: 3))"
            return Recording(
                id: "\(prefix)_\(culture)_\(padded(number, to: 2))", culture: culture, frames: 0,
                columns: [
                    "subject": subject, "session": session, "dyad": session,
                    "partition": partition,
                    "sewa": "\(session)_P\(padded(participant, to: 3))",
                ],
                digests: [:])
        }

        var recordings: [Recording] { (1...participants.count).map(recording) }
    }

    /// The 96 recordings whose gold traces participants were given: train, then devel.
    public static let recordings = sides.filter { $0.partition != "test" }.flatMap(\.recordings)

    /// The recording, of train, devel or test, that a file is called after, such as
    /// `Devel_DE_03`; nil where the name is none of the challenge's.
    public static func recording(named name: String) -> Recording? { byName[name] }

    private static let byName = Dictionary(
        uniqueKeysWithValues: sides.flatMap(\.recordings).map { ($0.id, $0) })

    static let sides = [
        Side(
            partition: "train", culture: "DE",
            participants: [
                166, 180, 146, 178, 171, 128, 164, 147, 187, 127, 154, 148, 153, 177, 144, 179,
                159, 131, 134, 172, 160, 133, 145, 165, 138, 173, 141, 188, 142, 174, 137, 143,
                132, 163,
            ]),
        Side(
            partition: "train", culture: "HU",
            participants: [
                101, 106, 105, 118, 102, 84, 74, 70, 122, 392, 65, 87, 66, 108, 121, 75, 73, 81,
                88, 117, 389, 390, 391, 69, 76, 83, 93, 398, 111, 82, 94, 397, 107, 112,
            ]),
        Side(
            partition: "devel", culture: "DE",
            participants: [
                139, 161, 167, 129, 162, 130, 175, 168, 125, 152, 151, 140, 176, 126,
            ]),
        Side(
            partition: "devel", culture: "HU",
            participants: [98, 86, 110, 72, 109, 124, 119, 85, 91, 71, 123, 92, 120, 97]),
        Side(
            partition: "test", culture: "DE",
            participants: [
                186, 181, 149, 156, 185, 136, 184, 158, 170, 183, 150, 182, 135, 155, 169, 157,
            ]),
        Side(
            partition: "test", culture: "HU",
            participants: [
                113, 104, 89, 68, 103, 393, 80, 95, 116, 114, 115, 100, 394, 99, 96, 90, 67, 79,
            ]),
        Side(
            partition: "test", culture: "CN",
            participants: [
                28, 20, 37, 27, 38, 60, 32, 385, 1, 51, 33, 56, 57, 16, 4, 55, 35, 61, 386, 5, 3,
                47, 39, 29, 23, 11, 31, 387, 49, 30, 50, 52, 26, 18, 58, 24, 10, 48, 13, 59, 54, 2,
                14, 8, 12, 40, 384, 64, 383, 19, 34, 44, 62, 388, 25, 22, 6, 21, 41, 63, 42, 7, 9,
                45, 15, 53, 43, 36, 46, 17,
            ]),
    ]
}
