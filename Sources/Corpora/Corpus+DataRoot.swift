extension Corpus {
    /// The folder that the files lie in: `override` where one is given, else the manifest's own
    /// data root, relative to the folder of the manifest.
    ///
    /// `override` is what the user gave with `--data-root` or `CONCORD_DATA_ROOT`; it is taken as
    /// it is, relative to the working folder, and an empty one counts as none. `..` is left in the
    /// path: only the file system knows what it means beside a link.
    public func dataRoot(manifestFolder: String, override: String?) -> String {
        if let override, !override.isEmpty { return override }
        if dataRoot.hasPrefix("/") || manifestFolder.isEmpty { return dataRoot }
        return manifestFolder + (manifestFolder.hasSuffix("/") ? "" : "/") + dataRoot
    }
}
