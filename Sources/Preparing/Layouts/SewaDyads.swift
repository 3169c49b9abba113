/// Who talks with whom in AVEC 2019's recordings of SEWA.
///
/// Both recordings of a video chat are in one partition, under numbers that do not tell. The pairs
/// were published with the identifiers of the database, and equal lengths of the labels agree.
public enum SewaDyads {
    /// The dyad of a recording, named by both numbers: `Train_DE_01-24` for `Train_DE_24`; nil for
    /// one that is not of AVEC 2019.
    public static func dyad(of id: String) -> String? { dyads[id] }

    private static let pairs = [
        "Train_DE": """
            01-24 02-16 03-23 04-14 05-20 06-10 07-34 08-12 09-28 11-13 15-32 17-21 \
            18-33 19-22 25-31 26-30 27-29
            """,
        "Devel_DE": "01-12 02-05 03-08 04-06 07-13 09-14 10-11",
        "Test_DE": "01-05 02-12 03-11 04-14 06-13 07-10 08-16 09-15",
        "Train_HU": """
            01-05 02-03 04-20 06-26 07-17 08-24 09-15 10-23 11-13 12-19 14-33 16-25 \
            18-30 21-22 27-31 28-32 29-34
            """,
        "Devel_HU": "01-14 02-08 03-05 04-10 06-11 07-13 09-12",
        "Test_HU": "01-10 02-05 03-16 04-17 06-13 07-18 08-15 09-11 12-14",
        "Test_CN": """
            01-04 02-50 03-05 06-40 07-27 08-19 09-42 10-32 11-51 12-16 13-35 14-65 \
            15-21 17-68 18-53 20-57 22-38 23-46 24-30 25-36 26-45 28-54 29-31 33-55 \
            34-70 37-63 39-43 41-66 44-62 47-49 48-60 52-67 56-58 59-61 64-69
            """,
    ]

    private static let dyads: [String: String] = {
        var dyads: [String: String] = [:]
        for (group, text) in pairs {
            for pair in text.split(separator: " ") {
                for number in pair.split(separator: "-") {
                    dyads["\(group)_\(number)"] = "\(group)_\(pair)"
                }
            }
        }
        return dyads
    }()
}
